import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { planBatches } from '../src/diffusion/chunks.ts';
import { drawNoise } from '../src/diffusion/noise.ts';
import { createSampler } from '../src/diffusion/schedulers/create-sampler.ts';
import { ChunkLoop } from '../src/engine/chunk-loop.ts';
import type { DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { Sampling } from '../src/engine/sampling.ts';
import { toSchedulerConfig } from '../src/engine/scheduler-config.ts';
import type { AttentionMode } from '../src/project/document.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const [CHANNELS, SIDE, ANCHORS] = [4, 8, 5];
const AREA = SIDE * SIDE;
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

/** Masked, so that each group of anchors needs all that latents may have. */
function latentsOf(frames: readonly number[]) {
  const draw = (seed: number) => drawNoise({ seed, role: 'init', step: 0 }, CHANNELS * AREA);
  const mask = frames.flatMap((frame) =>
    Array.from({ length: AREA }, (_, i) => (i % SIDE > frame % 4 ? 1 : 0)),
  );
  const shape = (channels: number) => [frames.length, channels, SIDE, SIDE];
  const values = Float32Array.from(frames.flatMap((frame) => [...draw(frame)]));
  return {
    source: runtime.upload(values, shape(CHANNELS), 'f32'),
    mask: runtime.upload(Float32Array.from(mask), shape(1), 'f32'),
  };
}

type Way = { readonly perRun?: number; readonly keepsBank?: boolean; readonly chunk?: number };

/** Three frames against five anchors: their latents, and the most pictures that went through the U-Net in one run. */
async function run(mode: AttentionMode, { perRun, keepsBank = false, chunk = 1 }: Way) {
  const before = runtime.bytes.live;
  let most = 0;
  const predict = model.predict.bind(model);
  const spy = vi.spyOn(model, 'predict').mockImplementation(async (call) => {
    most = Math.max(most, (call.input.shape[0] ?? 0) / model.branches);
    return await predict(call);
  });
  const anchors = latentsOf(Array.from({ length: ANCHORS }, (_, i) => 10 + i));
  const loop = new ChunkLoop({
    runtime,
    sampling: new Sampling({
      runtime,
      model,
      sampler: createSampler(toSchedulerConfig(model.manifest), { steps: 3, strength: 1 }),
      seed: 1,
      noisePerFrame: false,
      startsFromNoise: true,
      signal: never,
    }),
    mode,
    branches: model.branches,
    anchors,
    ...(perRun === undefined ? {} : { anchorsPerRun: perRun }),
    keepsBank,
    batchesPerChunk: chunk,
    load: async ({ frames }) => await Promise.resolve(latentsOf(frames)),
    firstFrame: 0,
    signal: never,
  });
  const latents: number[] = [];
  for await (const { trajectory } of loop.run(planBatches(3, 1))) {
    latents.push(...(await runtime.download(trajectory.sample)));
    trajectory.dispose();
  }
  loop.dispose();
  anchors.source.dispose();
  anchors.mask.dispose();
  spy.mockRestore();
  expect(runtime.bytes.live).toBe(before);
  return { latents, most };
}

describe('a gather of more anchors than a run holds', () => {
  it('goes group by group, each reading the groups before it, and comes to the same', async () => {
    const whole = await run('swap', {});
    expect(whole.most).toBe(ANCHORS);
    for (const perRun of [1, 2, 3]) {
      const { latents, most } = await run('swap', { perRun });
      expect(most).toBe(perRun);
      latents.forEach((value, i) => expect(value).toBeCloseTo(whole.latents[i] ?? NaN, 4));
    }
    expect((await run('swap', { perRun: ANCHORS })).latents).toEqual(whole.latents);
  });

  it('is the same whatever the chunks, with the bank kept or not', async () => {
    const { latents } = await run('swap', { perRun: 2 });
    expect((await run('swap', { perRun: 2, chunk: 3 })).latents).toEqual(latents);
    expect((await run('swap', { perRun: 2, keepsBank: true })).latents).toEqual(latents);
  });

  it('is one run where every anchor reads all of them', async () => {
    const whole = await run('own+anchors', {});
    expect(await run('own+anchors', { perRun: 2 })).toEqual(whole);
  });
});
