/** The part of a bank that the plan needs: entries, keys, and how many keys count per entry of q. */
export type BankSizes = {
  readonly entries: number;
  readonly keys: number;
  readonly keyCounts?: readonly number[];
};

/** Rows `[0, keys)` of one entry of a bank. */
type KeyRange = { readonly bank: number; readonly entry: number; readonly keys: number };

/**
 * Neighbouring entries of q that read exactly the same keys. Their queries form one long query axis, so that
 * keys and values are never copied per frame.
 */
export type AttentionGroup = {
  readonly from: number;
  readonly to: number;
  /** Ranges of no keys are left out; an empty list gives 0. */
  readonly ranges: readonly KeyRange[];
};

function rangesOf(entry: number, batch: number, banks: readonly BankSizes[]): KeyRange[] {
  return banks
    .map(({ entries, keys, keyCounts }, bank) => ({
      bank,
      entry: Math.floor((entry * entries) / batch),
      keys: keyCounts?.[entry] ?? keys,
    }))
    .filter((range) => range.keys > 0);
}

function isSameRanges(a: readonly KeyRange[], b: readonly KeyRange[]): boolean {
  return (
    a.length === b.length &&
    a.every((range, i) => {
      const other = b[i];
      return range.bank === other?.bank && range.entry === other.entry && range.keys === other.keys;
    })
  );
}

/** Cuts the batch of one path into groups. Key counts become shorter ranges: no masks, no wasted products. */
export function planGroups(batch: number, banks: readonly BankSizes[]): AttentionGroup[] {
  const groups: { from: number; to: number; ranges: KeyRange[] }[] = [];
  for (let entry = 0; entry < batch; entry += 1) {
    const ranges = rangesOf(entry, batch, banks);
    const last = groups.at(-1);
    if (last !== undefined && isSameRanges(last.ranges, ranges)) {
      last.to = entry + 1;
    } else {
      groups.push({ from: entry, to: entry + 1, ranges });
    }
  }
  return groups;
}

export function countKeys(group: AttentionGroup): number {
  return group.ranges.reduce((sum, range) => sum + range.keys, 0);
}

/**
 * Whether the groups lie side by side as one batch: equally long, each the whole of the next entry of one bank. Then
 * q, k and v are read in place as [groups, rows, channels].
 */
export function isBatched(groups: readonly AttentionGroup[], banks: readonly BankSizes[]): boolean {
  const [first] = groups;
  if (first === undefined || groups.length < 2) {
    return false;
  }
  return groups.every((group, i) => {
    const [range] = group.ranges;
    return (
      range !== undefined &&
      group.ranges.length === 1 &&
      group.to - group.from === first.to - first.from &&
      range.bank === first.ranges[0]?.bank &&
      range.entry === (first.ranges[0]?.entry ?? 0) + i &&
      range.keys === banks[range.bank]?.keys
    );
  });
}

/** Scores of one graph run: 64 MB at most, so that memory stays flat whatever the bank's size. */
const MAX_SCORE_BYTES = 64 * 2 ** 20;

/** Query rows per run, so that heads x rows x keys scores stay within the limit. */
export function rowsPerRun(heads: number, keys: number, limit = MAX_SCORE_BYTES): number {
  return Math.max(1, Math.floor(limit / (heads * keys * 4)));
}
