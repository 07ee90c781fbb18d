import { expect, it } from 'vitest';
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

/** The most bytes held while four frames run, and those of one frame's keys and values at one step. */
async function measure(steps: number): Promise<{ peak: number; bank: number }> {
  const runtime = createNodeRuntime();
  const model = await loadTinyModel(runtime, 'ip2p');
  const { signal } = new AbortController();
  const latents = (seed: number) =>
    runtime.upload(drawNoise({ seed, role: 'init', step: 0 }, 256), [1, 4, 8, 8], 'f32');
  const anchors = { source: latents(0), mask: null };
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
      keepsBank: false,
      batchesPerChunk: 1,
      load: async ({ frames }) =>
        await Promise.resolve({ source: latents(frames[0] ?? 0), mask: null }),
      firstFrame: 0,
      signal,
    },
    planBatches(4, 1),
  );
  for await (const { trajectory } of chain) {
    trajectory.dispose();
  }
  anchors.source.dispose();
  const { peak } = runtime.bytes;
  const bank = bankBytes(model.manifest, planPins(model.manifest, model.size), 1);
  model.dispose();
  runtime.dispose();
  return { peak, bank };
}

it('holds the keys and values of two frames: the first, and of the last two what is still read', async () => {
  const [few, many] = [await measure(6), await measure(14)];
  expect(many.peak - few.peak).toBe(2 * 8 * few.bank);
});
