/** Float64 references for the runtime contract, written from the formulas and sharing no code with either runtime. */

import type {
  ReferenceBank,
  ReferenceCall,
} from '../../src/gpu/kernels/attention/attention.reference.ts';

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? NaN;

type Key = { readonly bank: ReferenceBank; readonly row: number };

function keysFor(call: ReferenceCall, banks: readonly ReferenceBank[], entry: number): Key[] {
  return banks.flatMap((bank) => {
    const source = Math.floor((entry * bank.entries) / call.batch);
    const count = bank.keyCounts?.[entry] ?? bank.keys;
    return Array.from({ length: count }, (_, key) => ({ bank, row: source * bank.keys + key }));
  });
}

/** One head of one query over one path: softmax(q k / sqrt(d) + log w) v, or 0 without keys. */
function attendHead(
  call: ReferenceCall,
  keys: readonly Key[],
  qRow: number,
  head: number,
): number[] {
  const { heads, headDim } = call;
  const channels = heads * headDim;
  const result = Array.from({ length: headDim }, () => 0);
  const logits = keys.map(({ bank, row }) => {
    let dot = 0;
    for (let d = 0; d < headDim; d += 1) {
      const channel = head * headDim + d;
      dot += at(call.q, qRow * channels + channel) * at(bank.k, row * channels + channel);
    }
    const weight = bank.keyWeights === undefined ? 0 : Math.log(at(bank.keyWeights, row));
    return dot / Math.sqrt(headDim) + weight;
  });
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((a, b) => a + b, 0);
  keys.forEach(({ bank, row }, i) => {
    for (let d = 0; d < headDim; d += 1) {
      result[d] =
        at(result, d) + (at(weights, i) / sum) * at(bank.v, row * channels + head * headDim + d);
    }
  });
  return result;
}

/** Rows (numbers over batch x queries) of the attention, all of them by default: [rows, channels]. */
export function attendExactly(call: ReferenceCall, rows?: readonly number[]): Float64Array {
  const channels = call.heads * call.headDim;
  const wanted = rows ?? Array.from({ length: call.batch * call.queries }, (_, row) => row);
  const out = new Float64Array(wanted.length * channels);
  wanted.forEach((row, i) => {
    if (call.queryMask !== undefined && at(call.queryMask, row) === 0) {
      return;
    }
    for (const { scale, banks } of call.paths) {
      const keys = keysFor(call, banks, Math.floor(row / call.queries));
      for (let head = 0; head < call.heads; head += 1) {
        attendHead(call, keys, row, head).forEach((value, d) => {
          const place = i * channels + head * call.headDim + d;
          out[place] = at(out, place) + scale * value;
        });
      }
    }
  });
  return out;
}

/** Convolution 3x3, padding 1, with bias: x [n, c, h, w], weights [o, c, 3, 3]. */
export function convolveExactly(
  x: ArrayLike<number>,
  shape: readonly [number, number, number, number],
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
): Float64Array {
  const [n, channels, height, width] = shape;
  const outputs = bias.length;
  const out = new Float64Array(n * outputs * height * width);
  for (let i = 0; i < out.length; i += 1) {
    const px = i % width;
    const py = Math.floor(i / width) % height;
    const o = Math.floor(i / (width * height)) % outputs;
    const image = Math.floor(i / (width * height * outputs));
    let sum = at(bias, o);
    for (let c = 0; c < channels; c += 1) {
      for (let tap = 0; tap < 9; tap += 1) {
        const y = py + Math.floor(tap / 3) - 1;
        const xx = px + (tap % 3) - 1;
        if (y >= 0 && y < height && xx >= 0 && xx < width) {
          sum +=
            at(x, ((image * channels + c) * height + y) * width + xx) *
            at(weights, (o * channels + c) * 9 + tap);
        }
      }
    }
    out[i] = sum;
  }
  return out;
}

export function largestDifference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) {
    return Infinity;
  }
  let largest = 0;
  for (let i = 0; i < got.length; i += 1) {
    const difference = Math.abs(at(got, i) - at(wanted, i));
    // A NaN must fail the comparison, and Math.max would hide it behind nothing.
    largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }
  return largest;
}
