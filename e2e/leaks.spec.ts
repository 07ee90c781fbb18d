import { afterAll, beforeAll, expect, it } from 'vitest';
import { DisposalScope } from '../src/base/disposal.ts';
import { planBatches } from '../src/diffusion/chunks.ts';
import { drawNoise } from '../src/diffusion/noise.ts';
import { createSampler } from '../src/diffusion/schedulers/create-sampler.ts';
import { runChain } from '../src/engine/chain-loop.ts';
import { ChunkLoop, type ChunkLoopOptions } from '../src/engine/chunk-loop.ts';
import { joinLatents, tensorsOf, type FrameLatents } from '../src/engine/conditioning.ts';
import type { DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { Sampling } from '../src/engine/sampling.ts';
import { toSchedulerConfig } from '../src/engine/scheduler-config.ts';
import type { AttentionMode } from '../src/project/document.ts';
import { planQueryMasks } from '../src/engine/query-masks.ts';
import { exampleManifest } from '../src/engine/testing/memory-source.ts';
import { FailingRuntime } from './support/failing-runtime.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const [CHANNELS, SIDE] = [4, 8];
const AREA = SIDE * SIDE;
const FRAMES = 3;

let runtime: CpuRuntime;
let failing: FailingRuntime;
let model: DiffusionModel;

beforeAll(async () => {
  runtime = createNodeRuntime();
  failing = new FailingRuntime(runtime);
  model = await loadTinyModel(failing.runtime, 'inpaint');
  // Made once and kept by the model: not to be taken for a leak.
  await model.emptyContext();
});

afterAll(() => {
  model.dispose();
  runtime.dispose();
});

/** A frame with all that latents may have: a mask, and what an inpainting model reads. */
function latentsOf(frame: number): FrameLatents {
  const draw = (seed: number) => drawNoise({ seed, role: 'init', step: 0 }, CHANNELS * AREA);
  const mask = Float32Array.from({ length: AREA }, (_, i) => (i % SIDE > 2 ? 1 : 0));
  const latents = (seed: number) => runtime.upload(draw(seed), [1, CHANNELS, SIDE, SIDE], 'f32');
  const place = () => runtime.upload(mask, [1, 1, SIDE, SIDE], 'f32');
  return {
    source: latents(frame),
    mask: place(),
    hole: { mask: place(), latents: latents(100 + frame) },
  };
}

/** All frames with two anchors, with everything switched on that makes tensors. */
async function run(mode: AttentionMode, keepsBank: boolean): Promise<void> {
  const scope = new DisposalScope();
  const own = (latents: FrameLatents) => {
    tensorsOf(latents).forEach((tensor) => scope.own(tensor));
    return latents;
  };
  try {
    const parts = [own(latentsOf(50)), own(latentsOf(51))];
    const anchors = own(await joinLatents(failing.runtime, parts, [CHANNELS, SIDE, SIDE]));
    const options: ChunkLoopOptions = {
      runtime: failing.runtime,
      sampling: new Sampling({
        runtime: failing.runtime,
        model,
        sampler: createSampler(toSchedulerConfig(model.manifest), { steps: 2, strength: 0.99 }),
        merge: { source: 'invert', ramp: 'space', rampLength: 2, rim: 'whole' },
        guidance: { text: 3, image: 1, rescale: 0.5 },
        queryHalo: 1,
        seed: 1,
        noisePerFrame: false,
        startsFromNoise: false,
        signal: new AbortController().signal,
      }),
      mode,
      branches: model.branches,
      anchors,
      anchorsPerRun: 1,
      keepsBank,
      batchesPerChunk: 2,
      load: async ({ frames }) => await Promise.resolve(latentsOf(frames[0] ?? 0)),
      firstFrame: 0,
      signal: new AbortController().signal,
    };
    const batches = planBatches(FRAMES, 1);
    const loop = scope.own(new ChunkLoop(options));
    const finished = mode === 'previous+first' ? runChain(options, batches) : loop.run(batches);
    for await (const { trajectory } of finished) {
      trajectory.dispose();
    }
  } finally {
    scope.dispose();
  }
}

it.each([
  ['own+anchors', false],
  ['swap', true],
  ['previous+first', false],
  ['previous+first', true],
] as const)(
  '%s (bank kept: %s) leaves no tensor behind, wherever a run fails',
  async (mode, keepsBank) => {
    const before = runtime.bytes.live;
    const calls = await failing.count(() => run(mode, keepsBank));
    expect(runtime.bytes.live).toBe(before);
    // Each call takes a while: a stride that shares no factor with what repeats per site, step and frame comes by all kinds.
    for (let call = 1; call <= calls; call += 23) {
      await expect(failing.failAt(call, () => run(mode, keepsBank))).rejects.toThrow('call fails');
      expect([call, runtime.bytes.live - before]).toEqual([call, 0]);
    }
  },
);

it('masks of queries leave no level behind, whichever one fails', async () => {
  const before = runtime.bytes.live;
  const { segments } = exampleManifest();
  const deeper = segments.map(({ site, ...segment }) =>
    site === undefined ? segment : { ...segment, site: { ...site, level: site.level + 1 } },
  );
  const manifest = exampleManifest({ segments: [...segments, ...deeper] });
  const mask = runtime.upload(new Float32Array(2 * AREA).fill(1), [2, 1, SIDE, SIDE], 'f32');
  const plan = async () => {
    const masks = await planQueryMasks(failing.runtime, manifest, mask, 1);
    masks.dispose();
    return masks.levels.size;
  };
  expect(await plan()).toBe(2);
  const calls = await failing.count(plan);
  for (let call = 1; call <= calls; call++) {
    await expect(failing.failAt(call, plan)).rejects.toThrow('call fails');
  }
  mask.dispose();
  expect(runtime.bytes.live).toBe(before);
});
