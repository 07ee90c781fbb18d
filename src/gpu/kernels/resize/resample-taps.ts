/**
 * What each output sample of one axis reads: `counts[i]` inputs from `starts[i]` on, with `weights` (sum 1) at
 * i * `most`. Area mean when shrinking, linear between centres when growing.
 */
export type Taps = {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Float64Array;
  readonly most: number;
};

export function tapsOf(from: number, to: number): Taps {
  return to < from ? areaTaps(from, to) : linearTaps(from, to);
}

/** Output i covers inputs [i, i + 1) * from / to; each counts by how much of it is covered. */
function areaTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const most = Math.ceil(ratio) + 1;
  const taps = emptyTaps(to, most);
  for (let i = 0; i < to; i++) {
    // Whole numbers as long as possible: i * from / to is exact where it is an integer.
    const begin = (i * from) / to;
    const end = Math.min(from, ((i + 1) * from) / to);
    const first = Math.floor(begin);
    const last = Math.min(from - 1, Math.ceil(end) - 1);
    taps.starts[i] = first;
    taps.counts[i] = last - first + 1;
    for (let input = first; input <= last; input++) {
      const covered = Math.min(end, input + 1) - Math.max(begin, input);
      taps.weights[i * most + input - first] = covered / (end - begin);
    }
  }
  return taps;
}

/** Samples sit in the middle of their pixels; past the outermost centres the edge sample goes on. */
function linearTaps(from: number, to: number): Taps {
  const taps = emptyTaps(to, 2);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const first = Math.min(Math.floor(at), Math.max(0, from - 2));
    const share = at - first;
    taps.starts[i] = first;
    taps.counts[i] = share === 0 ? 1 : 2;
    taps.weights[i * 2] = 1 - share;
    taps.weights[i * 2 + 1] = share;
  }
  return taps;
}

function emptyTaps(to: number, most: number): Taps {
  return {
    starts: new Int32Array(to),
    counts: new Int32Array(to),
    weights: new Float64Array(to * most),
    most,
  };
}
