/** One graph run: always `size` frames, the last batch padded by repeating its last frame. Numbers within the span. */
export type Batch = {
  readonly index: number;
  readonly frames: readonly number[];
  /** How many of `frames` count; the rest is padding to be dropped. */
  readonly real: number;
};

/** Batches cut at fixed places: batch k holds frames k * size to k * size + size - 1, whatever is finished already. */
export function planBatches(frames: number, size: number): Batch[] {
  return Array.from({ length: Math.ceil(frames / size) }, (_, index) =>
    planBatch(frames, size, index),
  );
}

function planBatch(frames: number, size: number, index: number): Batch {
  const first = index * size;
  return {
    index,
    frames: Array.from({ length: size }, (_, i) => Math.min(first + i, frames - 1)),
    real: Math.min(size, frames - first),
  };
}

/**
 * Batches that share one gather of the anchors, in lock step. With a kept bank there is nothing to share, so a chunk is
 * one batch; else the first chunk is one batch too, so that something is on screen early.
 */
export function planChunks(
  batches: readonly Batch[],
  options: { readonly keepsBank: boolean; readonly batchesPerChunk: number },
): Batch[][] {
  const size = options.keepsBank ? 1 : options.batchesPerChunk;
  const chunks: Batch[][] = [];
  for (let from = 0; from < batches.length;) {
    const count = from === 0 ? 1 : size;
    chunks.push(batches.slice(from, from + count));
    from += count;
  }
  return chunks;
}
