/** IEEE 754 binary16 and bfloat16 as numbers, whole arrays at a time. */
const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** One binary16 pattern as a number. */
function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  if (exponent === 31) {
    return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  }
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halfTable: Float32Array<ArrayBuffer> | undefined;

/** All 65,536 patterns, made on first use: a table look-up is five times as fast as the arithmetic. */
function widened(): Float32Array<ArrayBuffer> {
  if (halfTable === undefined) {
    halfTable = new Float32Array(65536);
    for (let bits = 0; bits < 65536; bits++) {
      halfTable[bits] = widenHalf(bits);
    }
  }
  return halfTable;
}

/** binary16 patterns to float32, exact. */
export function halfToFloat(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = widened();
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    out[i] = table[halves[i] ?? 0] ?? 0;
  }
  return out;
}

/** float32 to binary16 patterns, rounded to nearest even; what is too large becomes infinity. */
export function floatToHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    scratch[0] = values[i] ?? 0;
    out[i] = narrowBits(scratchBits[0] ?? 0);
  }
  return out;
}

function narrowBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return sign | 0x7e00;
  }
  if (magnitude >= 0x477ff000) {
    return sign | 0x7c00;
  }
  if (magnitude >= 0x38800000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  if (magnitude < 0x33000000) {
    return sign;
  }
  const shift = 126 - (magnitude >>> 23);
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept);
}

/** bfloat16 patterns to float32, exact. */
export function bfloatToFloat(patterns: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Uint32Array(patterns.length);
  for (let i = 0; i < patterns.length; i++) {
    out[i] = (patterns[i] ?? 0) << 16;
  }
  return new Float32Array(out.buffer);
}
