import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkScheduler, type SchedulerGolden } from '../testing/check-scheduler.ts';
import { runStep } from '../testing/run-plan.ts';
import type { SchedulerConfig, SchedulerKind } from './config.ts';
import { createSampler } from './create-sampler.ts';
import { fromDiffusersScheduler } from './from-diffusers.ts';

// Recorded with diffusers 0.40.0.dev0 (commit 58eb52c): runs with random model outputs, three values of each tensor.
const cases = JSON.parse(
  readFileSync(new URL('../testing/fixtures/schedulers.json', import.meta.url), 'utf8'),
) as SchedulerGolden[];

const DETERMINISTIC: readonly SchedulerKind[] = ['ddim', 'euler', 'dpm++2m'];

function config(kind: SchedulerKind, prediction: SchedulerConfig['prediction']): SchedulerConfig {
  return {
    kind,
    prediction,
    trainSteps: 1000,
    betaStart: 0.00085,
    betaEnd: 0.012,
    betaSchedule: 'scaled_linear',
    spacing: 'trailing',
    stepsOffset: 1,
    zeroTerminalSnr: false,
    setAlphaToOne: true,
    eta: 0,
  };
}

describe('samplers', () => {
  it.each(cases)('follow the recorded run $name', (golden) => {
    checkScheduler(golden);
  });

  it.each(DETERMINISTIC)(
    '%s with a perfect model ends at the clean sample from every start',
    (kind) => {
      fc.assert(
        fc.property(
          // Divisors of 1000: elsewhere DDIM's rounded strides miss the next timestep, in the reference too.
          fc.constantFrom(1, 2, 4, 5, 8, 10, 20, 25),
          fc.double({ min: 0.05, max: 1, noNaN: true }),
          fc.constantFrom('epsilon', 'v', 'sample' as const),
          fc.double({ min: -3, max: 3, noNaN: true }),
          fc.double({ min: -3, max: 3, noNaN: true }),
          (steps, strength, prediction, clean, noise) => {
            const sampler = createSampler(config(kind, prediction), { steps, strength });
            let level = sampler.start;
            let sample = clean * level.signal + noise * level.noise;
            let lastX0: number[] | undefined;
            for (const plan of sampler.steps) {
              const size = Math.hypot(level.signal, level.noise);
              const output = {
                epsilon: noise,
                sample: clean,
                v: (level.signal * noise - level.noise * clean) / size,
              }[prediction];
              const result = runStep(plan, {
                sample: [sample],
                output: [output],
                ...(lastX0 ? { lastX0 } : {}),
              });
              sample = result.next[0] ?? NaN;
              lastX0 = result.x0;
              level = plan.landsOn;
              // The law of the level landed on: a perfect model keeps the sample on it.
              expect(Math.abs(sample - (clean * level.signal + noise * level.noise))).toBeLessThan(
                1e-6 * (1 + size),
              );
            }
            expect(level.noise).toBe(0);
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  it('run the last steps at a strength below 1, and at least one', () => {
    const counts = [1, 0.75, 0.6, 0.5, 0.25, 0.01].map(
      (strength) => createSampler(config('ddim', 'v'), { steps: 4, strength }).steps.length,
    );
    expect(counts).toEqual([4, 3, 2, 2, 1, 1]);
  });

  it('start from pure noise and end clean with zero terminal signal', () => {
    const sampler = createSampler(
      { ...config('ddim', 'v'), zeroTerminalSnr: true },
      { steps: 4, strength: 1 },
    );
    expect(sampler.start.signal).toBeCloseTo(0, 6);
    expect(sampler.steps.map((step) => step.timestep)).toEqual([999, 749, 499, 249]);
    expect(sampler.steps.at(-1)?.landsOn).toEqual({ signal: 1, noise: 0 });
  });

  it.each(['ddim', 'euler', 'euler-ancestral', 'dpm++2m', 'lcm', 'tcd'] as const)(
    '%s with a model that predicts the clean sample stays finite from a level without signal',
    (kind) => {
      for (const steps of [1, 2, 4, 8]) {
        const sampler = createSampler(
          { ...config(kind, 'sample'), zeroTerminalSnr: true },
          { steps, strength: 1 },
        );
        expect(sampler.steps[0]?.timestep).toBe(999);
        let sample = [sampler.pureNoise * -1.25];
        let lastX0: number[] | undefined;
        for (const plan of sampler.steps) {
          const inputs = { sample, output: [0.75], noise: [0.5], ...(lastX0 && { lastX0 }) };
          const { next, x0 } = runStep(plan, inputs);
          expect(x0).toEqual([0.75]);
          expect(next.every(Number.isFinite)).toBe(true);
          sample = next;
          lastX0 = x0;
        }
        // Every sampler ends at the prediction, one step after nothing but noise too.
        expect(sample[0]).toBeCloseTo(0.75, kind === 'tcd' ? 1 : 5);
      }
    },
  );

  it('refuse configs they can not follow', () => {
    expect(() => fromDiffusersScheduler({ _class_name: 'PNDMScheduler' })).toThrow(/PNDMScheduler/);
    expect(() =>
      fromDiffusersScheduler({ _class_name: 'DDIMScheduler', thresholding: true }),
    ).toThrow(/thresholding/);
    expect(() => fromDiffusersScheduler({ _class_name: 'DDIMScheduler', beta_start: 'x' })).toThrow(
      /beta_start/,
    );
  });
});
