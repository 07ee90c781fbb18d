import { describe, expect, it } from 'vitest';
import { planBatches } from '../src/diffusion/chunks.ts';
import { drawNoise } from '../src/diffusion/noise.ts';
import { createSampler } from '../src/diffusion/schedulers/create-sampler.ts';
import { bankBytes } from '../src/engine/banks.ts';
import { runChain } from '../src/engine/chain-loop.ts';
import { planPins } from '../src/engine/model.ts';
import { Sampling } from '../src/engine/sampling.ts';
import { toSchedulerConfig } from '../src/engine/scheduler-config.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

type Measured = {
  /** The most bytes held at once. */
  readonly peak: number;
  /** Those of one frame's keys and values at one step. */
  readonly bank: number;
  readonly latents: readonly (readonly number[])[];
  /** Steps that were told, one number per batch so far finished. */
  readonly stepsBefore: readonly number[];
};

/** Four frames in a chain. */
async function measure(steps: number, keepsBank: boolean): Promise<Measured> {
  const runtime = createNodeRuntime();
  const model = await loadTinyModel(runtime, 'ip2p');
  const { signal } = new AbortController();
  const latents = (seed: number) =>
    runtime.upload(drawNoise({ seed, role: 'init', step: 0 }, 256), [1, 4, 8, 8], 'f32');
  const anchors = { source: latents(0), mask: null };
  const before = runtime.bytes.live;
  let told = 0;
  const stepsBefore: number[] = [];
  const made: number[][] = [];
  const chain = runChain(
    {
      runtime,
      sampling: new Sampling({
        runtime,
        model,
        sampler: createSampler(toSchedulerConfig(model.manifest), { steps, strength: 1 }),
        seed: 1,
        noisePerFrame: false,
        startsFromNoise: true,
        signal,
      }),
      mode: 'previous+first',
      branches: model.branches,
      anchors,
      keepsBank,
      batchesPerChunk: 1,
      load: async ({ frames }) =>
        await Promise.resolve({ source: latents(frames[0] ?? 0), mask: null }),
      firstFrame: 0,
      signal,
      onStep: () => told++,
    },
    planBatches(4, 1),
  );
  for await (const { trajectory } of chain) {
    stepsBefore.push(told);
    made.push([...(await runtime.download(trajectory.sample))]);
    trajectory.dispose();
  }
  expect(runtime.bytes.live).toBe(before);
  anchors.source.dispose();
  const { peak } = runtime.bytes;
  const bank = bankBytes(model.manifest, planPins(model.manifest, model.size), 1);
  model.dispose();
  runtime.dispose();
  return { peak, bank, latents: made, stepsBefore };
}

describe('a chain', () => {
  it('holds the keys and values of two frames where they fit: the first, and of the last two what is still read', async () => {
    const [few, many] = [await measure(6, true), await measure(14, true)];
    expect(many.peak - few.peak).toBe(2 * 8 * few.bank);
    expect(few.stepsBefore).toEqual([6, 12, 18, 24]);
  });

  it('holds those of one step where they don’t, and makes the same frames', async () => {
    const [few, many] = [await measure(6, false), await measure(14, false)];
    expect(many.peak).toBe(few.peak);
    expect(few.stepsBefore).toEqual([24, 24, 24, 24]);
    expect(few.latents).toEqual((await measure(6, true)).latents);
  });
});
