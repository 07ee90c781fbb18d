import { checkAborted } from '../base/abort.ts';
import { must } from '../base/assert.ts';
import type { Disposable } from '../base/disposal.ts';
import { planChunks, type Batch } from '../diffusion/chunks.ts';
import type { AttentionSite } from '../models/manifest.ts';
import type { AttentionMode } from '../project/document.ts';
import { gatherCounts, StepBank } from './banks.ts';
import { shareLatents, sliceLatents, type FrameLatents } from './conditioning.ts';
import type { Bank, TensorRuntime } from './runtime/tensor-runtime.ts';
import type { Sampling, Trajectory } from './sampling.ts';
import type { KeysValues, SelfAttention } from './unet.ts';

export type ChunkLoopOptions = {
  readonly runtime: TensorRuntime;
  readonly sampling: Sampling;
  readonly mode: AttentionMode;
  readonly branches: number;
  /** Latents of the anchors, in order, as one batch; lent, for as long as the loop lives. */
  readonly anchors: FrameLatents;
  /** How many of them run at once at most, where none reads a later one; all if absent. */
  readonly anchorsPerRun?: number;
  /** How many of the first steps read the anchors; at the others each frame reads its own. All if absent. */
  readonly swapSteps?: number;
  /** Keep the keys and values of all steps that read them, so that the anchors run once; else once per chunk. */
  readonly keepsBank: boolean;
  readonly batchesPerChunk: number;
  /** The latents of a batch's frames; the loop takes them over. */
  readonly load: (batch: Batch) => Promise<FrameLatents>;
  /** Number within the clip of the span's first frame. */
  readonly firstFrame: number;
  readonly signal: AbortSignal;
  /** Told after each step of each batch, so that progress moves within a batch. */
  readonly onStep?: () => void;
};

/** A batch that has come to its end; the receiver owns the trajectory: `sample` is the edit, `source` what it began as. */
export type FinishedBatch = { readonly batch: Batch; readonly trajectory: Trajectory };

/**
 * The anchors' keys and values, read by every frame: at each step the anchors run first (gather), then the chunk's
 * batches against them (swap), then the bank is dropped, unless the bank of all steps is kept. Anchors start from the
 * same noise every time, so chunks can't change the result.
 */
export class ChunkLoop implements Disposable {
  readonly #options: ChunkLoopOptions;
  /** One bank per step, filled by the first pass of the anchors when banks are kept. */
  #kept: StepBank[] = [];

  constructor(options: ChunkLoopOptions) {
    this.#options = options;
  }

  /** Finished batches in order. */
  async *run(batches: readonly Batch[]): AsyncGenerator<FinishedBatch> {
    for (const chunk of planChunks(batches, this.#options)) {
      const finished = await this.#runChunk(chunk);
      try {
        for (let next = finished.shift(); next !== undefined; next = finished.shift()) {
          yield next;
        }
      } finally {
        // Where the receiver stopped early nobody else would free the rest.
        finished.forEach(({ trajectory }) => trajectory.dispose());
      }
    }
  }

  dispose(): void {
    this.#kept.forEach((bank) => bank.dispose());
    this.#kept = [];
  }

  async #runChunk(chunk: readonly Batch[]): Promise<FinishedBatch[]> {
    const { sampling, keepsBank } = this.#options;
    const trajectories: Trajectory[] = [];
    let anchors: readonly Trajectory[] | null = null;
    try {
      for (const batch of chunk) {
        trajectories.push(await this.#start(batch));
      }
      const knowsBanks = this.#kept.length === this.#swapSteps;
      if (!knowsBanks) {
        anchors = await this.#startAnchors();
      }
      for (let step = 0; step < sampling.steps; step++) {
        const gathered = step < this.#swapSteps ? anchors : null;
        const bank = gathered === null ? this.#kept[step] : await this.#gather(gathered, step);
        try {
          for (const trajectory of trajectories) {
            await this.#advance(trajectory, step, this.#readBank(bank, step));
          }
        } finally {
          if (gathered !== null && keepsBank && bank !== undefined) {
            this.#kept.push(bank);
          } else if (gathered !== null) {
            bank?.dispose();
          }
        }
      }
      anchors?.forEach((group) => group.dispose());
      return chunk.map((batch, i) => ({
        batch,
        trajectory: must(trajectories[i], 'a trajectory'),
      }));
    } catch (error) {
      anchors?.forEach((group) => group.dispose());
      trajectories.forEach((trajectory) => trajectory.dispose());
      this.dispose();
      throw error;
    }
  }

  /** Steps at which anchors run. */
  get #swapSteps(): number {
    const { mode, sampling, swapSteps = Infinity } = this.#options;
    return mode === 'independent' ? 0 : Math.min(sampling.steps, swapSteps);
  }

  async #start(batch: Batch): Promise<Trajectory> {
    const { sampling, load, firstFrame } = this.#options;
    const frames = batch.frames.map((frame) => firstFrame + frame);
    return await sampling.start(await load(batch), frames);
  }

  /** The anchors in groups, in order. */
  async #startAnchors(): Promise<Trajectory[]> {
    const { sampling, runtime, mode, anchors, anchorsPerRun = Infinity } = this.#options;
    const count = anchors.source.shape[0] ?? 0;
    // With own keys and all anchors' each reads later ones as well, at the same place of the model: they go together.
    const size = mode === 'own+anchors' ? count : Math.min(count, anchorsPerRun);
    const groups: Trajectory[] = [];
    try {
      for (let from = 0; from < count; from += size) {
        const to = Math.min(count, from + size);
        const latents =
          size === count
            ? shareLatents(runtime, anchors)
            : await sliceLatents(runtime, anchors, from, to);
        // Anchors share the common draw, so their frame numbers don't matter.
        const frames = Array.from({ length: to - from }, () => 0);
        groups.push(await sampling.start(latents, frames));
      }
      return groups;
    } catch (error) {
      groups.forEach((group) => group.dispose());
      throw error;
    }
  }

  async #advance(trajectory: Trajectory, step: number, attention: SelfAttention): Promise<void> {
    const { sampling, signal, onStep } = this.#options;
    checkAborted(signal);
    await sampling.advance(trajectory, step, attention);
    onStep?.();
  }

  /** Runs one step of the anchors, group by group, and keeps what they made at every site. */
  async #gather(groups: readonly Trajectory[], step: number): Promise<StepBank> {
    const { runtime, branches, mode } = this.#options;
    const banks: StepBank[] = [];
    try {
      for (const group of groups) {
        const earlier = [...banks];
        const bank = new StepBank();
        banks.push(bank);
        await this.#advance(group, step, (site, own) => {
          const shared = bank.capture(runtime, site, own, branches);
          const before = earlier.map((one) => must(one.get(site), `anchors at ${site.path}`));
          return mode === 'own+anchors'
            ? [shared]
            : [...before, sequential(shared, own, branches, before.length === 0)];
        });
      }
    } catch (error) {
      banks.forEach((bank) => bank.dispose());
      throw error;
    }
    return await StepBank.join(runtime, banks);
  }

  /** What a frame's site reads, by mode. */
  #readBank(bank: StepBank | undefined, step: number): SelfAttention {
    const mode = step < this.#swapSteps ? this.#options.mode : 'independent';
    const anchors = (site: AttentionSite): Bank => must(bank?.get(site), `anchors at ${site.path}`);
    switch (mode) {
      case 'swap':
      case 'first':
        return (site) => [anchors(site)];
      case 'own+anchors':
        return (site, own) => [own, anchors(site)];
      case 'independent':
      case 'previous+first':
        return (_, own) => [own];
    }
  }
}

/** A gather in one batch: anchor j reads the anchors before it. */
function sequential(shared: KeysValues, own: KeysValues, branches: number, begins: boolean): Bank {
  const [rows = 0, tokens = 0] = own.k.shape;
  return { ...shared, keyCounts: gatherCounts(rows / branches, tokens, branches, begins) };
}
