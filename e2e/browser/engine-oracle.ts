import { planBatches } from '../../src/diffusion/chunks.ts';
import { drawNoise } from '../../src/diffusion/noise.ts';
import { alphasCumprod } from '../../src/diffusion/schedulers/noise-schedule.ts';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import { ChunkLoop } from '../../src/engine/chunk-loop.ts';
import { toSchedulerConfig } from '../../src/engine/scheduler-config.ts';
import { DiffusionModel } from '../../src/engine/model.ts';
import { createHttpSource } from '../../src/engine/package-source.ts';
import { openPackage } from '../../src/engine/package.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import type { Tensor, TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { Sampling } from '../../src/engine/sampling.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import type { KeysValues } from '../../src/engine/unet.ts';

const SIZE = { width: 96, height: 64 };
const STEPS = 2;
const SEED = 3;
const FRAMES = 5;
const ANCHORS = [0, 2, 4];
const never = new AbortController().signal;

type Setup = {
  readonly runtime: TensorRuntime;
  readonly model: DiffusionModel;
  readonly sources: Float32Array[];
};

async function setUp(): Promise<Setup> {
  const runtime = await createRuntime('cpu');
  const source = createHttpSource('starter', new URL('/', location.origin));
  const model = await DiffusionModel.load(
    { runtime, package: await openPackage(source, never), size: SIZE, clock: new StageClock() },
    never,
    () => {},
  );
  await model.setPrompt({ prompt: 'make it night', negative: '' });
  const count = model.latentShape.reduce((a, b) => a * b);
  const sources = Array.from({ length: FRAMES }, (_, frame) =>
    drawNoise({ seed: 100 + frame, role: 'init', step: 0 }, count),
  );
  return { runtime, model, sources };
}

function stack(setup: Setup, frames: readonly number[]): Tensor {
  const { runtime, model, sources } = setup;
  const count = model.latentShape.reduce((a, b) => a * b);
  const values = new Float32Array(count * frames.length);
  frames.forEach((frame, i) => values.set(sources[frame] ?? [], i * count));
  return runtime.upload(values, [frames.length, ...model.latentShape], 'f32');
}

/** The engine's own way: anchors as one batch, frames in batches against the kept bank. */
async function runEngine(setup: Setup): Promise<Float32Array[]> {
  const { runtime, model } = setup;
  const sampler = createSampler(toSchedulerConfig(model.manifest), { steps: STEPS, strength: 1 });
  const options = { runtime, model, sampler, seed: SEED, signal: never };
  const loop = new ChunkLoop({
    runtime,
    sampling: new Sampling({ ...options, noisePerFrame: false, startsFromNoise: true }),
    mode: 'swap',
    branches: model.branches,
    anchors: { source: stack(setup, ANCHORS), mask: null },
    keepsBank: true,
    batchesPerChunk: 1,
    load: async (batch) => ({ source: stack(setup, batch.frames), mask: null }),
    firstFrame: 0,
    signal: never,
  });
  const results: Float32Array[] = [];
  const count = model.latentShape.reduce((a, b) => a * b);
  for await (const { batch, trajectory } of loop.run(planBatches(FRAMES, 2))) {
    const values = await runtime.download(trajectory.sample);
    for (let i = 0; i < batch.real; i++) {
      results.push(values.slice(i * count, (i + 1) * count));
    }
    trajectory.dispose();
  }
  loop.dispose();
  return results;
}

type Banks = Map<string, KeysValues>;

/**
 * The papers' way, written plainly: one frame at a time, anchors in order, each against the keys of the earlier ones
 * laid behind each other; the sampler's step as the formula of DDIM for predicted latents on arrays.
 */
async function runPlainly(setup: Setup): Promise<Float32Array[]> {
  const { runtime, model, sources } = setup;
  const alphas = alphasCumprod(toSchedulerConfig(model.manifest));
  const count = model.latentShape.reduce((a, b) => a * b);
  const start = drawNoise({ seed: SEED, role: 'init', step: 0 }, count);
  const timesteps = Array.from({ length: STEPS }, (_, i) => 1000 - (i * 1000) / STEPS - 1);
  const samples = new Map<string, Float32Array>();
  const step = async (
    name: string,
    frame: number,
    timestep: number,
    earlier: readonly Banks[],
  ): Promise<Banks> => {
    const sample = samples.get(name) ?? start;
    const [channels, height, width] = model.latentShape;
    const parts = [sample, sources[frame] ?? [], new Float32Array(height * width).fill(1)];
    const input = runtime.upload(
      Float32Array.from(parts.flatMap((part) => [...part])),
      [1, 2 * channels + 1, height, width],
      'f32',
    );
    const made: Banks = new Map();
    const prediction = await model.predict({
      input,
      timestep,
      signal: never,
      selfAttention: (site, own) => {
        made.set(site.path, {
          k: runtime.reshape(own.k, own.k.shape),
          v: runtime.reshape(own.v, own.v.shape),
        });
        const banks = earlier.flatMap((bank) => bank.get(site.path) ?? []);
        return banks.length > 0 ? banks : [own];
      },
    });
    const predicted = await runtime.download(prediction);
    const alpha = alphas[timestep] ?? NaN;
    const landing = timestep - 1000 / STEPS < 0 ? 1 : (alphas[timestep - 1000 / STEPS] ?? NaN);
    samples.set(
      name,
      sample.map((x, i) => {
        const clean = predicted[i] ?? NaN;
        const noise = (x - Math.sqrt(alpha) * clean) / Math.sqrt(1 - alpha);
        return Math.sqrt(landing) * clean + Math.sqrt(1 - landing) * noise;
      }),
    );
    return made;
  };
  for (const timestep of timesteps) {
    const banks: Banks[] = [];
    for (const [i, frame] of ANCHORS.entries()) {
      banks.push(await step(`anchor ${i}`, frame, timestep, [...banks]));
    }
    for (let frame = 0; frame < FRAMES; frame++) {
      await step(`frame ${frame}`, frame, timestep, banks);
    }
  }
  return Array.from(
    { length: FRAMES },
    (_, frame) => samples.get(`frame ${frame}`) ?? new Float32Array(),
  );
}

/** Largest difference between both ways, the deviation of the values, and bytes of tensors the engine left behind. */
export async function compareWithPlainWay(): Promise<{
  most: number;
  deviation: number;
  leaked: number;
  frames: number;
}> {
  const setup = await setUp();
  const before = setup.runtime.bytes.live;
  const engine = await runEngine(setup);
  // The anchors' latents are lent to the loop; all else must be gone.
  const [channels, height, width] = setup.model.latentShape;
  const leaked = setup.runtime.bytes.live - before - ANCHORS.length * channels * height * width * 4;
  const plain = await runPlainly(setup);
  let most = 0;
  let squares = 0;
  plain.forEach((values, frame) => {
    values.forEach((value, i) => {
      most = Math.max(most, Math.abs(value - (engine[frame]?.[i] ?? NaN)));
      squares += value ** 2;
    });
  });
  const total = plain.reduce((sum, values) => sum + values.length, 0);
  setup.model.dispose();
  setup.runtime.dispose();
  return { most, deviation: Math.sqrt(squares / total), leaked, frames: engine.length };
}
