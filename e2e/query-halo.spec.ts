import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { planBatches } from '../src/diffusion/chunks.ts';
import { drawNoise } from '../src/diffusion/noise.ts';
import { createSampler } from '../src/diffusion/schedulers/create-sampler.ts';
import { ChunkLoop } from '../src/engine/chunk-loop.ts';
import { toSchedulerConfig } from '../src/engine/scheduler-config.ts';
import type { DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { Sampling } from '../src/engine/sampling.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const [CHANNELS, SIDE, FRAMES] = [4, 8, 2];
const AREA = SIDE * SIDE;
const never = new AbortController().signal;

/** The two places in the right upper corner. */
const MASK = Float32Array.from({ length: AREA }, (_, i) => (i === 6 || i === 7 ? 1 : 0));

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

function latentsOf(frames: readonly number[]) {
  const upload = (values: readonly number[], channels: number) =>
    runtime.upload(Float32Array.from(values), [frames.length, channels, SIDE, SIDE], 'f32');
  const draw = (frame: number) =>
    drawNoise({ seed: 50 + frame, role: 'init', step: 0 }, CHANNELS * AREA);
  return {
    source: upload(
      frames.flatMap((frame) => [...draw(frame)]),
      CHANNELS,
    ),
    mask: upload(
      frames.flatMap(() => [...MASK]),
      1,
    ),
  };
}

/** The frames' latents, and the share of queries that attention ran for. */
async function run(queryHalo?: number): Promise<{ latents: Float32Array; share: number }> {
  const before = runtime.bytes.live;
  const counts = { asked: 0, all: 0 };
  const attend = runtime.attention.bind(runtime);
  const spy = vi.spyOn(runtime, 'attention').mockImplementation(async (call) => {
    const [batch = 0, queries = 0] = call.q.shape;
    const mask = call.queryMask === undefined ? null : await runtime.download(call.queryMask);
    counts.all += batch * queries;
    counts.asked += mask?.reduce((sum, value) => sum + value, 0) ?? batch * queries;
    return await attend(call);
  });
  const anchors = latentsOf([0, 3]);
  const loop = new ChunkLoop({
    runtime,
    sampling: new Sampling({
      runtime,
      model,
      sampler: createSampler(toSchedulerConfig(model.manifest), { steps: 2, strength: 1 }),
      seed: 1,
      ...(queryHalo === undefined ? {} : { queryHalo }),
      noisePerFrame: false,
      startsFromNoise: true,
      signal: never,
    }),
    mode: 'swap',
    branches: model.branches,
    anchors,
    keepsBank: false,
    batchesPerChunk: 1,
    load: ({ frames }) => Promise.resolve(latentsOf(frames)),
    firstFrame: 0,
    signal: never,
  });
  let latents = new Float32Array();
  for await (const { trajectory } of loop.run(planBatches(FRAMES, FRAMES))) {
    latents = new Float32Array(await runtime.download(trajectory.sample));
    trajectory.dispose();
  }
  loop.dispose();
  anchors.source.dispose();
  anchors.mask.dispose();
  spy.mockRestore();
  expect(runtime.bytes.live).toBe(before);
  return { latents, share: counts.asked / counts.all };
}

describe('attention inside a mask and its halo', () => {
  it('leaves queries out, the more the smaller the halo, and none where it is as wide as the latents', async () => {
    const whole = await run();
    const wide = await run(SIDE);
    const narrow = await run(2);
    const none = await run(0);
    expect(whole.share).toBe(1);
    expect(wide).toEqual(whole);
    expect(narrow.share).toBeLessThan(0.5);
    expect(none.share).toBeLessThan(narrow.share);
    expect(none.latents).not.toEqual(whole.latents);
    // Wholly outside the mask the source is left all the same.
    const outside = ({ latents }: typeof whole) => latents.filter((_, i) => MASK[i % AREA] === 0);
    expect(outside(none)).toEqual(outside(whole));
  });
});
