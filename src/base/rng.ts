/**
 * Philox4x32 with 10 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): four random words are
 * a pure function of a 128-bit counter and a 64-bit key, so draws do not depend on the order in which work is done.
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Four 32-bit words. */
export type Words4 = readonly [number, number, number, number];

/** The four output words (unsigned) of one Philox block. Words of counter and key are taken modulo 2^32. */
export function philox(counter: Words4, key: readonly [number, number]): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** The upper 32 bits of the 64-bit product of two unsigned words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  // Sums stay below 2^34, so doubles are exact where 32-bit shifts would wrap.
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) | 0;
}

/** The 64-bit key of a seed: an integer from 0 to 2^53 - 1. */
export function seedKey(seed: number): readonly [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/**
 * `count` standard normal values of one stream, by Box-Muller on Philox words. A stream is named by three words; the
 * fourth counter word runs over its blocks. A longer draw of a stream starts with the shorter one.
 */
export function gaussian(
  seed: number,
  stream: readonly [number, number, number],
  count: number,
): Float32Array<ArrayBuffer> {
  const key = seedKey(seed);
  const values = new Float32Array(count);
  for (let i = 0, block = 0; i < count; block++) {
    const words = philox([block, ...stream], key);
    for (let pair = 0; pair < 4 && i < count; pair += 2) {
      // Shifted into (0, 1], so the logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(((words[pair] ?? 0) + 1) / 2 ** 32));
      const angle = (2 * Math.PI * (words[pair + 1] ?? 0)) / 2 ** 32;
      values[i++] = radius * Math.cos(angle);
      if (i < count) {
        values[i++] = radius * Math.sin(angle);
      }
    }
  }
  return values;
}
