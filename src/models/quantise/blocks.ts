/**
 * Weights as com.microsoft MatMulNBits stores them: [rows, ceil(width / block), block * bits / 8] bytes and one float
 * scale per block; a value is (code - 2^(bits-1)) * scale, low nibble first in 4 bits.
 */
export type BlockCodes = {
  readonly bits: 4 | 8;
  readonly blocksPerRow: number;
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  /** What the codes decode to, for error figures. */
  readonly decoded: Float32Array<ArrayBuffer>;
};

export const BLOCK = 32;

/** 4-bit codes reach from -8 to 7: the value of largest magnitude gets the longer side. */
const STEPS_4 = [1, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 1.06, 1.14] as const;

/** `values` is [rows, width]; width must be a multiple of the block. */
export function quantiseBlocks(values: Float32Array, width: number, bits: 4 | 8): BlockCodes {
  const blocks = values.length / BLOCK;
  const packed = new Uint8Array((values.length * bits) / 8);
  const scales = new Float32Array(blocks);
  const decoded = new Float32Array(values.length);
  const codes = new Uint8Array(BLOCK);
  for (let block = 0; block < blocks; block++) {
    const from = block * BLOCK;
    const scale = bits === 8 ? wideScale(values, from) : narrowScale(values, from);
    scales[block] = scale;
    const zero = 2 ** (bits - 1);
    for (let i = 0; i < BLOCK; i++) {
      const code = Math.max(-zero, Math.min(zero - 1, Math.round((values[from + i] ?? 0) / scale)));
      codes[i] = code + zero;
      decoded[from + i] = code * scale;
    }
    if (bits === 8) {
      packed.set(codes, from);
    } else {
      for (let i = 0; i < BLOCK; i += 2) {
        packed[(from + i) / 2] = (codes[i] ?? 0) | ((codes[i + 1] ?? 0) << 4);
      }
    }
  }
  return { bits, blocksPerRow: width / BLOCK, packed, scales, decoded };
}

function largestOf(values: Float32Array, from: number): number {
  let largest = 0;
  for (let i = from; i < from + BLOCK; i++) {
    const value = values[i] ?? 0;
    if (Math.abs(value) > Math.abs(largest)) {
      largest = value;
    }
  }
  return largest;
}

function wideScale(values: Float32Array, from: number): number {
  const scale = Math.fround(Math.abs(largestOf(values, from)) / 127);
  return scale === 0 ? 1 : scale;
}

function narrowScale(values: Float32Array, from: number): number {
  const largest = largestOf(values, from);
  let best = Math.fround(-largest / 8);
  if (best === 0) {
    return 1;
  }
  let bestError = Number.POSITIVE_INFINITY;
  for (const step of STEPS_4) {
    const scale = Math.fround((-largest / 8) * step);
    let error = 0;
    for (let i = from; i < from + BLOCK; i++) {
      const value = values[i] ?? 0;
      const code = Math.max(-8, Math.min(7, Math.round(value / scale)));
      error += (value - code * scale) ** 2;
    }
    if (error < bestError) {
      best = scale;
      bestError = error;
    }
  }
  return best;
}
