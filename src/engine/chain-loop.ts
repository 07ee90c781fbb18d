import { checkAborted } from '../base/abort.ts';
import { must } from '../base/assert.ts';
import type { Batch } from '../diffusion/chunks.ts';
import type { AttentionSite } from '../models/manifest.ts';
import { StepBank } from './banks.ts';
import type { ChunkLoopOptions, FinishedBatch } from './chunk-loop.ts';
import type { Bank } from './runtime/tensor-runtime.ts';

/**
 * The mode `previous + first`: each frame reads the keys and values of the first frame and of the one before it, at the
 * same step and site (the first frame its own). A chain: batches hold one frame each and must run from the span's begin.
 */
export async function* runChain(
  options: ChunkLoopOptions,
  batches: readonly Batch[],
): AsyncGenerator<FinishedBatch> {
  const { sampling, runtime, branches, load, firstFrame, signal, onStep } = options;
  let first: StepBank[] = [];
  let previous: StepBank[] = [];
  try {
    for (const batch of batches) {
      const frames = batch.frames.map((frame) => firstFrame + frame);
      const trajectory = await sampling.start(await load(batch), frames);
      const own: StepBank[] = [];
      try {
        for (let step = 0; step < sampling.steps; step++) {
          checkAborted(signal);
          const bank = new StepBank();
          own.push(bank);
          const read = (from: readonly StepBank[], site: AttentionSite): Bank =>
            must(from[step]?.get(site), `keys at ${site.path}`);
          await sampling.advance(trajectory, step, (site, made) => {
            const mine = bank.capture(runtime, site, made, branches);
            if (first.length === 0) {
              return [mine];
            }
            return previous === first
              ? [read(first, site)]
              : [read(first, site), read(previous, site)];
          });
          if (previous !== first) {
            // Nobody reads this step of it any more: two frames' banks are held, not three.
            previous[step]?.dispose();
          }
          onStep?.();
        }
      } catch (error) {
        trajectory.dispose();
        disposeAll(own);
        throw error;
      }
      if (previous !== first) {
        disposeAll(previous);
      }
      previous = own;
      if (first.length === 0) {
        first = own;
      }
      yield { batch, trajectory };
    }
  } finally {
    disposeAll(first);
    if (previous !== first) {
      disposeAll(previous);
    }
  }
}

function disposeAll(banks: readonly StepBank[]): void {
  banks.forEach((bank) => bank.dispose());
}
