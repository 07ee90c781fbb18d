import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planInversion } from './inversion.ts';
import type { SchedulerConfig } from './schedulers/config.ts';
import { createSampler } from './schedulers/create-sampler.ts';
import { runStep } from './testing/run-plan.ts';

const CONFIG: SchedulerConfig = {
  kind: 'ddim',
  prediction: 'epsilon',
  trainSteps: 1000,
  betaStart: 0.00085,
  betaEnd: 0.012,
  betaSchedule: 'scaled_linear',
  spacing: 'leading',
  stepsOffset: 1,
  zeroTerminalSnr: false,
  setAlphaToOne: false,
};

const anyConfig = fc.record({
  prediction: fc.constantFrom('epsilon', 'v'),
  spacing: fc.constantFrom('leading', 'trailing'),
  setAlphaToOne: fc.boolean(),
});
const anyRun = fc.record({
  // Divisors of the training steps: with others a DDIM step lands a rounding beside where the next one begins.
  steps: fc.constantFrom(1, 2, 4, 5, 8, 10, 20),
  strength: fc.double({ min: 0.05, max: 1, noNaN: true }),
});

/** Lets every step of a plan run with the noise that is really in a sample of two values. */
function run(
  plans: ReturnType<typeof planInversion>,
  start: readonly number[],
  output: (sample: readonly number[]) => number[],
): number[] {
  return plans.reduce<number[]>(
    (sample, plan) => {
      const scaled = sample.map((value) => value * plan.inputScale);
      return runStep(plan, { sample, output: output(scaled) }).next;
    },
    [...start],
  );
}

describe('planInversion', () => {
  it('is diffusers’ DDIM inverse for DDIM, whose recorded runs are checked elsewhere', () => {
    fc.assert(
      fc.property(anyConfig, anyRun, (changes, options) => {
        const config = { ...CONFIG, ...changes };
        const reference = createSampler({ ...config, kind: 'ddim-inverse' }, options);
        const plans = planInversion(createSampler(config, options), config.prediction);
        expect(plans.map((plan) => plan.timestep)).toEqual(
          reference.steps.map((plan) => plan.timestep),
        );
        plans.forEach((plan, i) => {
          const wanted = reference.steps[i];
          const inputs = { sample: [0.3, -1.2], output: [0.7, 0.1] };
          const made = runStep(plan, inputs);
          const expected = wanted === undefined ? null : runStep(wanted, inputs);
          made.next.forEach((value, at) => {
            expect(value).toBeCloseTo(expected?.next[at] ?? NaN, 9);
          });
        });
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it('leads every sampler’s levels up, in that sampler’s scale', () => {
    for (const kind of ['ddim', 'euler', 'dpm++2m', 'lcm'] as const) {
      const config = { ...CONFIG, kind, setAlphaToOne: true };
      const sampler = createSampler(config, { steps: 4, strength: 1 });
      const plans = planInversion(sampler, 'epsilon');
      // A model that always finds the same noise: the source must come out noised with it.
      const [source, noise] = [1.5, -0.4];
      const end = run(plans, [source], () => [noise]);
      const { signal, noise: deviation } = sampler.start;
      expect(end[0]).toBeCloseTo(signal * source + deviation * noise, 6);
    }
  });

  it('comes back to the source where the model’s noise does not change', () => {
    fc.assert(
      fc.property(anyRun, (options) => {
        const config = { ...CONFIG, setAlphaToOne: true };
        const sampler = createSampler(config, options);
        const noise = () => [0.25, 0.5];
        const inverted = run(planInversion(sampler, 'epsilon'), [0.8, -1], noise);
        const back = run([...sampler.steps], inverted, noise);
        back.forEach((value, i) => expect(value).toBeCloseTo([0.8, -1][i] ?? NaN, 6));
      }),
      { seed: 4, numRuns: 50 },
    );
  });

  it('refuses models that predict the sample', () => {
    const sampler = createSampler({ ...CONFIG, prediction: 'sample' }, { steps: 2, strength: 1 });
    expect(() => planInversion(sampler, 'sample')).toThrow(
      expect.objectContaining({ code: 'edit/bad-setting' }),
    );
  });
});
