/** Finished frames as sorted, disjoint half-open ranges of frame numbers: small however long the clip is. */
export type FrameRanges = readonly (readonly [from: number, to: number])[];

export const NO_FRAMES: FrameRanges = [];

export function addFrames(ranges: FrameRanges, indices: readonly number[]): FrameRanges {
  if (indices.length === 0) {
    return ranges;
  }
  const all: [number, number][] = ranges.map(([from, to]) => [from, to]);
  for (const index of indices) {
    all.push([index, index + 1]);
  }
  all.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of all) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) {
      last[1] = Math.max(last[1], to);
    } else {
      merged.push([from, to]);
    }
  }
  return merged;
}

export function hasFrame(ranges: FrameRanges, index: number): boolean {
  return ranges.some(([from, to]) => index >= from && index < to);
}

/** How many of the frames `[from, to)` are in the set. */
export function countWithin(ranges: FrameRanges, from: number, to: number): number {
  return ranges.reduce(
    (sum, [begin, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(begin, from)),
    0,
  );
}

/** The first frame of `[from, to)` that is not in the set; null when all are. */
export function firstMissing(ranges: FrameRanges, from: number, to: number): number | null {
  let candidate = from;
  for (const [begin, end] of ranges) {
    if (candidate < begin) {
      break;
    }
    candidate = Math.max(candidate, end);
  }
  return candidate < to ? candidate : null;
}
