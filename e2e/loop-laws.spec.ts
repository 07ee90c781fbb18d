import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DisposalScope } from '../src/base/disposal.ts';
import { planBatches } from '../src/diffusion/chunks.ts';
import { drawNoise } from '../src/diffusion/noise.ts';
import { createSampler } from '../src/diffusion/schedulers/create-sampler.ts';
import { runChain } from '../src/engine/chain-loop.ts';
import { ChunkLoop, type ChunkLoopOptions } from '../src/engine/chunk-loop.ts';
import { tensorsOf, type FrameLatents } from '../src/engine/conditioning.ts';
import type { DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { Sampling } from '../src/engine/sampling.ts';
import { toSchedulerConfig } from '../src/engine/scheduler-config.ts';
import type { Manifest } from '../src/models/manifest.ts';
import { ATTENTION_MODES } from '../src/project/limits.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const CONDITIONINGS = ['none', 'edit', 'ip2p', 'inpaint'] as const;
const [CHANNELS, SIDE] = [4, 8];
const AREA = SIDE * SIDE;
const never = new AbortController().signal;

let runtime: CpuRuntime;
const models = new Map<Manifest['conditioning'], DiffusionModel>();

beforeAll(async () => {
  runtime = createNodeRuntime();
  for (const conditioning of CONDITIONINGS) {
    const model = await loadTinyModel(runtime, conditioning);
    // Made once and kept by the model: not to be taken for a leak.
    await model.emptyContext();
    models.set(conditioning, model);
  }
});

afterAll(() => {
  models.forEach((model) => model.dispose());
  runtime.dispose();
});

const settings = fc.record({
  conditioning: fc.constantFrom(...CONDITIONINGS),
  mode: fc.constantFrom(...ATTENTION_MODES),
  kind: fc.constantFrom('ddim', 'euler', 'euler-ancestral', 'dpm++2m', 'lcm', 'tcd'),
  steps: fc.integer({ min: 1, max: 4 }),
  strength: fc.constantFrom(1, 0.99, 0.5),
  swapSteps: fc.constantFrom(1, 2, 9),
  anchors: fc.integer({ min: 1, max: 5 }),
  anchorsPerRun: fc.integer({ min: 1, max: 5 }),
  frames: fc.integer({ min: 1, max: 6 }),
  batch: fc.integer({ min: 1, max: 3 }),
  isMasked: fc.boolean(),
  queryHalo: fc.constantFrom(null, 0, 2),
  merge: fc.record({
    source: fc.constantFrom('renoise', 'invert'),
    ramp: fc.constantFrom('time', 'space', 'none'),
    rampLength: fc.constantFrom(2, 3),
    rim: fc.constantFrom('soft', 'whole'),
  }),
});

type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

function latentsOf({ conditioning, isMasked }: Settings, frames: readonly number[]): FrameLatents {
  const upload = (channels: number, valuesOf: (frame: number) => ArrayLike<number>) =>
    runtime.upload(
      Float32Array.from(frames.flatMap((frame) => Array.from(valuesOf(frame)))),
      [frames.length, channels, SIDE, SIDE],
      'f32',
    );
  const draw = (seed: number) => drawNoise({ seed, role: 'init', step: 0 }, CHANNELS * AREA);
  const maskOf = (frame: number) =>
    Float32Array.from({ length: AREA }, (_, i) =>
      Math.max(0, Math.min(1, ((i % SIDE) - 2 - (frame % 3)) / 2)),
    );
  return {
    source: upload(CHANNELS, draw),
    mask: isMasked ? upload(1, maskOf) : null,
    hole:
      conditioning === 'inpaint'
        ? {
            mask: upload(1, (frame) => maskOf(frame).map(Math.round)),
            latents: upload(CHANNELS, (frame) => draw(300 + frame)),
          }
        : null,
  };
}

function anchorCount({ mode, anchors }: Settings): number {
  return { swap: anchors, 'own+anchors': anchors, first: 1, 'previous+first': 0, independent: 0 }[
    mode
  ];
}

type Way = { readonly keepsBank: boolean; readonly batchesPerChunk: number; readonly size: number };

/** All frames' latents; fails where a tensor is left. */
async function run(wanted: Settings, { size, ...way }: Way): Promise<number[]> {
  const { conditioning, kind, steps, strength, queryHalo, mode, swapSteps, merge } = wanted;
  const model = models.get(conditioning) as DiffusionModel;
  const before = runtime.bytes.live;
  const scope = new DisposalScope();
  const anchors = latentsOf(
    wanted,
    Array.from({ length: anchorCount(wanted) }, (_, i) => i),
  );
  tensorsOf(anchors).forEach((tensor) => scope.own(tensor));
  const config = { ...toSchedulerConfig(model.manifest), kind, eta: 0.5 };
  const options: ChunkLoopOptions = {
    runtime,
    sampling: new Sampling({
      runtime,
      model,
      sampler: createSampler(config, { steps, strength }),
      merge,
      seed: 3,
      ...(queryHalo === null ? {} : { queryHalo }),
      noisePerFrame: mode === 'independent',
      startsFromNoise: strength === 1 && conditioning !== 'none',
      signal: never,
    }),
    mode,
    branches: model.branches,
    anchors,
    anchorsPerRun: wanted.anchorsPerRun,
    swapSteps,
    ...way,
    load: async ({ frames }) => await Promise.resolve(latentsOf(wanted, frames)),
    firstFrame: 0,
    signal: never,
  };
  const batches = planBatches(wanted.frames, size);
  const loop = scope.own(new ChunkLoop(options));
  const made: number[] = [];
  for await (const { batch, trajectory } of mode === 'previous+first'
    ? runChain(options, batches)
    : loop.run(batches)) {
    const values = await runtime.download(trajectory.sample);
    made.push(...values.subarray(0, batch.real * CHANNELS * AREA));
    trajectory.dispose();
  }
  scope.dispose();
  expect(runtime.bytes.live).toBe(before);
  return made;
}

it('whatever the settings, neither chunks nor the kept bank change a bit, nor batches more than the last ones', async () => {
  const law = fc.asyncProperty(settings, async (wanted) => {
    const isChain = wanted.mode === 'previous+first';
    const size = isChain ? 1 : wanted.batch;
    const plain = await run(wanted, { keepsBank: false, batchesPerChunk: 1, size });
    expect(plain).toHaveLength(wanted.frames * CHANNELS * AREA);
    expect(plain.every(Number.isFinite)).toBe(true);
    expect(await run(wanted, { keepsBank: true, batchesPerChunk: 8, size })).toEqual(plain);
    expect(await run(wanted, { keepsBank: false, batchesPerChunk: 3, size })).toEqual(plain);
    const other = isChain || size > 1 ? 1 : 2;
    const alone = await run(wanted, { keepsBank: true, batchesPerChunk: 1, size: other });
    const largest = Math.max(...plain.map(Math.abs));
    const worst = Math.max(...alone.map((value, i) => Math.abs(value - (plain[i] ?? NaN))));
    expect(worst / largest).toBeLessThan(1e-4);
  });
  await fc.assert(law, { numRuns: 20, seed: 4 });
});
