import type { AttentionWork } from './attention.ts';

/** Of the budget of one submit, per run: a class is measured in a fraction of a second. */
const SHARE = 1 / 16;
const MOST_KEYS = 4096;

/**
 * Shapes that are cut up alike: same head size and type, and keys and rows of work within a factor of two, beyond a
 * hundred thousand rows all alike (any GPU is full then).
 */
export function shapeClass({ elem, headDim, batch, heads, queries, keys }: AttentionWork): string {
  const rows = Math.min(17, power(batch * heads * queries));
  return `${elem} d${headDim} k${power(keys)} r${rows}`;
}

function power(count: number): number {
  return Math.round(Math.log2(Math.max(1, count)));
}

/** Work of the same class that is short enough to be run some thirty times: fewer keys first, then fewer rows. */
export function probeOf(work: AttentionWork, costPerSubmit: number): AttentionWork {
  const { batch, heads, headDim } = work;
  const keys = Math.min(work.keys, MOST_KEYS);
  const perRow = 4 * headDim * heads * batch * keys;
  const most = Math.floor((costPerSubmit * SHARE) / perRow);
  return { ...work, keys, queries: Math.min(work.queries, Math.max(64, most)) };
}
