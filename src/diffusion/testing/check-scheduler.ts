import { expect } from 'vitest';
import { createSampler } from '../schedulers/create-sampler.ts';
import { fromDiffusersScheduler } from '../schedulers/from-diffusers.ts';
import { runStep } from './run-plan.ts';

type GoldenStep = {
  timestep: number;
  model_output: number[];
  prev_sample: number[];
  pred_original_sample?: number[];
  scaled_model_input?: number[];
  noise?: number[];
};
/** A recorded run of a diffusers scheduler with fixed model outputs. */
export type SchedulerGolden = {
  name: string;
  config: Record<string, unknown>;
  set_timesteps: { num_inference_steps: number; strength?: number; lcm_strength?: number };
  step: { eta?: number };
  timesteps: number[];
  init_noise_sigma: number;
  start: string;
  clean: number[];
  noise: number[];
  initial_sample: number[];
  steps: GoldenStep[];
};

const ATOL = 2e-5;
const RTOL = 1e-5;

/** Compares every number of the recorded run; the reference's own tolerance for arithmetic in doubles. */
export function checkScheduler(golden: SchedulerGolden): void {
  const { set_timesteps: wanted, step } = golden;
  const config = {
    ...fromDiffusersScheduler(golden.config),
    ...(step.eta === undefined ? {} : { eta: step.eta }),
  };
  const sampler = createSampler(config, {
    steps: wanted.num_inference_steps,
    strength: wanted.strength ?? wanted.lcm_strength ?? 1,
  });
  expectTimesteps(
    sampler.steps.map((plan) => plan.timestep),
    golden.timesteps,
  );
  expectClose([sampler.pureNoise], [golden.init_noise_sigma]);

  const start = golden.start.startsWith('noise')
    ? { signal: 0, noise: sampler.pureNoise }
    : sampler.start;
  const { clean, noise } = golden;
  let sample = clean.map((value, i) => start.signal * value + start.noise * (noise[i] ?? 0));
  expectClose(sample, golden.initial_sample);

  let lastX0: number[] | undefined;
  golden.steps.forEach((recorded, i) => {
    const plan = sampler.steps[i];
    if (plan === undefined) {
      throw new Error(`the plan has no step ${i}`);
    }
    const result = runStep(plan, {
      sample,
      output: recorded.model_output,
      noise: recorded.noise ?? sample.map(() => 0),
      ...(lastX0 === undefined ? {} : { lastX0 }),
    });
    expect(plan.next.some((term) => term.source === 'noise') && recorded.noise === undefined).toBe(
      false,
    );
    if (recorded.scaled_model_input !== undefined) {
      expectClose(
        sample.map((value) => value * plan.inputScale),
        recorded.scaled_model_input,
      );
    }
    if (recorded.pred_original_sample !== undefined) {
      expectClose(result.x0, recorded.pred_original_sample);
    }
    expectClose(result.next, recorded.prev_sample);
    lastX0 = result.x0;
    sample = result.next;
  });
}

/** Whole timesteps are exact; fractions come out of float32 logarithms and may miss the last digit. */
function expectTimesteps(actual: readonly number[], expected: readonly number[]): void {
  const wanted = expected.map((value, i) => {
    const mine = actual[i] ?? NaN;
    const isFraction = Math.abs(value - Math.round(value)) > 1e-5;
    return isFraction && Math.abs(mine - value) <= 2e-7 * value ? mine : value;
  });
  expect(actual.map(Math.fround)).toEqual(wanted.map(Math.fround));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const worst = Math.max(
    ...expected.map((value, i) => Math.abs((actual[i] ?? NaN) - value) - RTOL * Math.abs(value)),
  );
  expect(worst).toBeLessThanOrEqual(ATOL);
}
