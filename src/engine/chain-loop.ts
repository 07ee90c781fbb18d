import { checkAborted } from '../base/abort.ts';
import { must } from '../base/assert.ts';
import type { Disposable } from '../base/disposal.ts';
import type { Batch } from '../diffusion/chunks.ts';
import type { AttentionSite } from '../models/manifest.ts';
import { StepBank } from './banks.ts';
import type { ChunkLoopOptions, FinishedBatch } from './chunk-loop.ts';
import type { Bank } from './runtime/tensor-runtime.ts';
import type { Trajectory } from './sampling.ts';
import type { SelfAttention } from './unet.ts';

/**
 * The mode `previous + first`: each frame reads the keys and values of the first frame and of the one before it, at the
 * same step and site (the first frame its own). A chain: batches hold one frame each and must run from the scene's begin.
 * Where the keys of all steps may be kept, frame goes after frame; else all frames go step by step, which makes the
 * same pictures, all of them at the end.
 */
export function runChain(
  options: ChunkLoopOptions,
  batches: readonly Batch[],
): AsyncGenerator<FinishedBatch> {
  return options.keepsBank ? runFrames(options, batches) : runSteps(options, batches);
}

/** Holds all steps' banks of two frames. */
async function* runFrames(
  options: ChunkLoopOptions,
  batches: readonly Batch[],
): AsyncGenerator<FinishedBatch> {
  let first: StepBank[] = [];
  let previous: StepBank[] = [];
  try {
    for (const batch of batches) {
      const trajectory = await start(options, batch);
      const own: StepBank[] = [];
      try {
        for (let step = 0; step < options.sampling.steps; step++) {
          const bank = new StepBank();
          own.push(bank);
          const read = { first: first[step] ?? null, previous: previous[step] ?? null };
          await advance(options, trajectory, step, attention(options, bank, read));
          if (previous !== first) {
            // Nobody reads this step of it any more: two frames' banks are held, not three.
            previous[step]?.dispose();
          }
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

/** Holds one step's banks of three frames, and the latents of all. */
async function* runSteps(
  options: ChunkLoopOptions,
  batches: readonly Batch[],
): AsyncGenerator<FinishedBatch> {
  const trajectories: Trajectory[] = [];
  try {
    for (const batch of batches) {
      checkAborted(options.signal);
      trajectories.push(await start(options, batch));
    }
    for (let step = 0; step < options.sampling.steps; step++) {
      await runStep(options, trajectories, step);
    }
    for (const batch of batches) {
      yield { batch, trajectory: must(trajectories.shift(), 'a trajectory') };
    }
  } finally {
    // Where the receiver stopped early nobody else would free the rest.
    disposeAll(trajectories);
  }
}

async function runStep(
  options: ChunkLoopOptions,
  trajectories: readonly Trajectory[],
  step: number,
): Promise<void> {
  let first: StepBank | null = null;
  let previous: StepBank | null = null;
  try {
    for (const trajectory of trajectories) {
      const bank: StepBank = new StepBank();
      try {
        await advance(options, trajectory, step, attention(options, bank, { first, previous }));
      } catch (error) {
        bank.dispose();
        throw error;
      }
      if (previous !== first) {
        previous?.dispose();
      }
      previous = bank;
      first ??= bank;
    }
  } finally {
    if (previous !== first) {
      previous?.dispose();
    }
    first?.dispose();
  }
}

async function start(
  { sampling, load, firstFrame }: ChunkLoopOptions,
  batch: Batch,
): Promise<Trajectory> {
  const frames = batch.frames.map((frame) => firstFrame + frame);
  return await sampling.start(await load(batch), frames);
}

async function advance(
  { sampling, signal, onStep }: ChunkLoopOptions,
  trajectory: Trajectory,
  step: number,
  reads: SelfAttention,
): Promise<void> {
  checkAborted(signal);
  await sampling.advance(trajectory, step, reads);
  onStep?.();
}

/** What a frame's site reads; what it makes goes into `own`. The first frame has none before it. */
function attention(
  { runtime, branches }: ChunkLoopOptions,
  own: StepBank,
  { first, previous }: { readonly first: StepBank | null; readonly previous: StepBank | null },
): SelfAttention {
  const read = (from: StepBank | null, site: AttentionSite): Bank =>
    must(from?.get(site), `keys at ${site.path}`);
  return (site, made) => {
    const mine = own.capture(runtime, site, made, branches);
    if (first === null) {
      return [mine];
    }
    return previous === first ? [read(first, site)] : [read(first, site), read(previous, site)];
  };
}

function disposeAll(things: readonly Disposable[]): void {
  things.forEach((thing) => thing.dispose());
}
