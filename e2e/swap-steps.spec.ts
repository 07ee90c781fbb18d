import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must } from '../src/base/assert.ts';
import { planBatches } from '../src/diffusion/chunks.ts';
import { drawNoise } from '../src/diffusion/noise.ts';
import { createSampler } from '../src/diffusion/schedulers/create-sampler.ts';
import { ChunkLoop } from '../src/engine/chunk-loop.ts';
import { toSchedulerConfig } from '../src/engine/scheduler-config.ts';
import type { DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { Sampling } from '../src/engine/sampling.ts';
import type { KeysValues } from '../src/engine/unet.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const [CHANNELS, SIDE] = [4, 8];
const STEPS = 3;
const never = new AbortController().signal;

let runtime: CpuRuntime;
let model: DiffusionModel;

beforeAll(async () => {
  runtime = createNodeRuntime();
  model = await loadTinyModel(runtime, 'ip2p');
});

afterAll(() => {
  model.dispose();
  runtime.dispose();
});

function latentsOf(frame: number) {
  const values = drawNoise({ seed: frame, role: 'init', step: 0 }, CHANNELS * SIDE * SIDE);
  return { source: runtime.upload(values, [1, CHANNELS, SIDE, SIDE], 'f32'), mask: null };
}

const sampling = () =>
  new Sampling({
    runtime,
    model,
    sampler: createSampler(toSchedulerConfig(model.manifest), { steps: STEPS, strength: 1 }),
    seed: 1,
    noisePerFrame: false,
    startsFromNoise: true,
    signal: never,
  });

/** Frames 1 to 3, one batch each, against one anchor, frame 0; the last frame's latents. */
async function runLoop(swapSteps: number | undefined, keepsBank: boolean): Promise<Float32Array> {
  const before = runtime.bytes.live;
  const anchors = latentsOf(0);
  const loop = new ChunkLoop({
    runtime,
    sampling: sampling(),
    mode: 'swap',
    branches: model.branches,
    anchors,
    ...(swapSteps === undefined ? {} : { swapSteps }),
    keepsBank,
    batchesPerChunk: 2,
    load: async ({ frames }) => await Promise.resolve(latentsOf(1 + (frames[0] ?? 0))),
    firstFrame: 0,
    signal: never,
  });
  let last = new Float32Array();
  for await (const { trajectory } of loop.run(planBatches(3, 1))) {
    last = new Float32Array(await runtime.download(trajectory.sample));
    trajectory.dispose();
  }
  loop.dispose();
  anchors.source.dispose();
  expect(runtime.bytes.live).toBe(before);
  return last;
}

/** Frame 3 alone, step by step, reading what frame 0 makes at the first `swapSteps` steps. */
async function runPlainly(swapSteps: number): Promise<Float32Array> {
  const plain = sampling();
  const anchor = await plain.start(latentsOf(0), [0]);
  const frame = await plain.start(latentsOf(3), [0]);
  for (let step = 0; step < STEPS; step++) {
    const made = new Map<string, KeysValues>();
    await plain.advance(anchor, step, (site, own) => {
      const keep = (tensor: KeysValues['k']) => runtime.reshape(tensor, tensor.shape);
      made.set(site.path, { k: keep(own.k), v: keep(own.v) });
      return [own];
    });
    await plain.advance(frame, step, (site, own) => [
      step < swapSteps ? must(made.get(site.path), site.path) : own,
    ]);
    for (const { k, v } of made.values()) {
      k.dispose();
      v.dispose();
    }
  }
  const values = new Float32Array(await runtime.download(frame.sample));
  anchor.dispose();
  frame.dispose();
  return values;
}

describe('swapping the first steps alone', () => {
  it('reads the anchors so long and then its own keys, with the bank kept or not', async () => {
    const results: Float32Array[] = [];
    for (const swapSteps of [1, 2, 3]) {
      const made = await runLoop(swapSteps, false);
      expect(await runLoop(swapSteps, true)).toEqual(made);
      const wanted = await runPlainly(swapSteps);
      made.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 4));
      results.push(made);
    }
    expect(new Set(results.map((values) => values.join())).size).toBe(3);
    expect(await runLoop(undefined, true)).toEqual(results[2]);
  });
});
