import type { AttentionWork } from './attention.ts';

/** Of the budget of one submit, per run: a class is measured in a fraction of a second. */
const SHARE = 1 / 16;
const MOST_KEYS = 4096;
/** Of keys or of values, 32 MB in f32: a probe gives every entry its own. */
const MOST_VALUES = 2 ** 23;

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

/** Work that is cut up like this, small and short enough to be run some thirty times: fewer keys first, then entries, then rows. */
export function probeOf(work: AttentionWork, costPerSubmit: number): AttentionWork {
  const { heads, headDim } = work;
  const keys = Math.min(work.keys, MOST_KEYS);
  const perEntry = Math.max(1, keys * heads * headDim);
  const batch = Math.min(work.batch, Math.max(1, Math.floor(MOST_VALUES / perEntry)));
  const perRow = 4 * headDim * heads * batch * keys;
  const most = Math.floor((costPerSubmit * SHARE) / perRow);
  return { ...work, batch, keys, queries: Math.min(work.queries, Math.max(64, most)) };
}
