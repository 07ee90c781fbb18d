import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import { fromDiffusersScheduler } from '../../src/diffusion/schedulers/from-diffusers.ts';
import { runStep } from '../../src/diffusion/testing/run-plan.ts';
import { row, type CaseContext, type Row } from './case.ts';

type Step = {
  readonly model_output: readonly number[];
  readonly prev_sample: readonly number[];
  readonly noise?: readonly number[];
};
type Recorded = {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly set_timesteps: {
    readonly num_inference_steps: number;
    readonly strength?: number;
    readonly lcm_strength?: number;
  };
  readonly step: { readonly eta?: number };
  readonly shape: readonly number[];
  readonly timesteps: readonly number[];
  readonly start: string;
  readonly clean: readonly number[];
  readonly noise: readonly number[];
  readonly initial_sample: readonly number[];
  readonly steps: readonly Step[];
};

/** Bounds of the set for arithmetic in doubles. */
const ATOL = 2e-5;
const RTOL = 1e-5;

function worst(
  got: readonly number[],
  wanted: readonly number[],
): { maxAbs: number; worst: number } {
  let maxAbs = 0;
  let most = got.length === wanted.length ? 0 : Number.POSITIVE_INFINITY;
  wanted.forEach((value, at) => {
    const difference = Math.abs((got[at] ?? Number.NaN) - value);
    maxAbs = Math.max(maxAbs, difference);
    most = Math.max(
      most,
      Number.isNaN(difference)
        ? Number.POSITIVE_INFINITY
        : difference / (ATOL + RTOL * Math.abs(value)),
    );
  });
  return { maxAbs, worst: most };
}

/** Whole timesteps are exact in float32; fractions come out of float32 logarithms and may miss the last digit. */
function sameTimestep(got: number, wanted: number): boolean {
  const isFraction = Math.abs(wanted - Math.round(wanted)) > 1e-5;
  return isFraction
    ? Math.abs(got - wanted) <= 2e-7 * wanted
    : Math.fround(got) === Math.fround(wanted);
}

function replay(golden: Recorded): Row {
  const { set_timesteps: wanted } = golden;
  const eta = golden.step.eta === undefined ? {} : { eta: golden.step.eta };
  const sampler = createSampler(
    { ...fromDiffusersScheduler(golden.config), ...eta },
    {
      steps: wanted.num_inference_steps,
      strength: wanted.strength ?? wanted.lcm_strength ?? 1,
    },
  );
  const timesteps = sampler.steps.map((plan) => plan.timestep);
  const exact = golden.timesteps.every((time, at) =>
    sameTimestep(timesteps[at] ?? Number.NaN, time),
  );
  const level = golden.start.startsWith('noise')
    ? { signal: 0, noise: sampler.pureNoise }
    : sampler.start;
  let sample = golden.clean.map(
    (value, at) => level.signal * value + level.noise * (golden.noise[at] ?? 0),
  );
  const checks = [worst(sample, golden.initial_sample)];
  let lastX0: number[] | undefined;
  golden.steps.forEach((recorded, at) => {
    const plan = sampler.steps[at];
    if (plan === undefined) {
      checks.push({ maxAbs: Number.POSITIVE_INFINITY, worst: Number.POSITIVE_INFINITY });
      return;
    }
    const result = runStep(plan, {
      sample,
      output: recorded.model_output,
      noise: recorded.noise ?? sample.map(() => 0),
      ...(lastX0 === undefined ? {} : { lastX0 }),
    });
    checks.push(worst(result.next, recorded.prev_sample));
    lastX0 = result.x0;
    sample = result.next;
  });
  const pass =
    exact &&
    timesteps.length === golden.timesteps.length &&
    checks.every((check) => check.worst <= 1);
  const maxAbs = Math.max(...checks.map((check) => check.maxAbs));
  const largest = Math.max(...golden.initial_sample.map(Math.abs));
  return row(golden.name, golden.shape, maxAbs, largest, '2e-5 + 1e-5 rel, timesteps exact', pass);
}

/** Case 16: recorded sampler runs, replayed with the recorded model outputs. */
export function checkSchedulers({ golden }: CaseContext): Promise<readonly Row[]> {
  const files = readdirSync(golden.folder).filter(
    (file) => file.endsWith('.json') && file !== 'meta.json',
  );
  const rows = files.map((file) => {
    // Python writes infinities bare, which is no JSON.
    const text = readFileSync(join(golden.folder, file), 'utf8').replaceAll(
      /: -?Infinity/g,
      ': null',
    );
    return replay(JSON.parse(text) as Recorded);
  });
  return Promise.resolve(rows);
}
