/** One bank's work: queries and keys per entry. */
export type BankWork = {
  readonly batch: number;
  readonly heads: number;
  readonly headDim: number;
  readonly queries: number;
  readonly keys: number;
};

/** What one dispatch does of it; all ranges half-open. */
export type Slice = {
  readonly entries: readonly [number, number];
  readonly heads: readonly [number, number];
  readonly rows: readonly [number, number];
  readonly keys: readonly [number, number];
  /** Floating-point operations. */
  readonly cost: number;
};

/** Operations that one workgroup may do in a row: some 50 ms on a weak GPU, whose parts are slow one by one. */
const WORKGROUP_COST = 1e8;
/** Rows of a workgroup, about: the limit must not depend on a tiling, or results would. */
const ROWS = 32;
/** Tiles are 32 or 64 keys. */
const KEY_STEP = 64;

/**
 * How many keys one dispatch reads at most. Where the softmax is cut shows in the last bits, so this depends on nothing that
 * is measured; all other cuts leave every bit as it is.
 */
export function keysPerDispatch(headDim: number): number {
  const most = WORKGROUP_COST / (4 * headDim * ROWS);
  return Math.max(KEY_STEP, Math.floor(most / KEY_STEP) * KEY_STEP);
}

/**
 * Cuts the work so that no slice costs more than `budget`, as far as that goes: the smallest one is `rowsPerGroup` rows of
 * one head of one entry. Rows are cut first, then entries, then heads. The key slices of any row come in order.
 */
export function planSlices(work: BankWork, rowsPerGroup: number, budget: number): Slice[] {
  const { batch, heads, headDim, queries, keys } = work;
  const keyStep = Math.min(keys, keysPerDispatch(headDim));
  const unit = 4 * headDim * keyStep * rowsPerGroup;
  const fit = (cost: number, most: number): number =>
    Math.min(most, Math.max(1, Math.floor(budget / cost)));
  const headStep = fit(unit, heads);
  const entryStep = headStep < heads ? 1 : fit(unit * heads, batch);
  const rowStep =
    entryStep < batch ? rowsPerGroup : rowsPerGroup * fit(unit * heads * batch, queries);
  const slices: Slice[] = [];
  for (const rows of cut(queries, rowStep)) {
    for (const entries of cut(batch, entryStep)) {
      for (const some of cut(heads, headStep)) {
        for (const range of cut(keys, keyStep)) {
          const size = length(rows) * length(entries) * length(some) * length(range);
          slices.push({ rows, entries, heads: some, keys: range, cost: 4 * headDim * size });
        }
      }
    }
  }
  return slices;
}

type Range = readonly [number, number];

const length = ([from, to]: Range): number => to - from;

function cut(count: number, step: number): Range[] {
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => [
    i * step,
    Math.min(count, (i + 1) * step),
  ]);
}
