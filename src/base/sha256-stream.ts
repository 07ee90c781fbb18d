/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2). */
const ROUND = new Int32Array(64);
/** The same of the square roots of the first eight (section 5.3.3). */
const START = new Int32Array(8);

function fillConstants(): void {
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let isPrime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) {
      isPrime &&= candidate % factor !== 0;
    }
    if (isPrime) {
      ROUND[found] = fraction(Math.cbrt(candidate));
      if (found < 8) {
        START[found] = fraction(Math.sqrt(candidate));
      }
      found++;
    }
  }
}

function fraction(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) | 0;
}

fillConstants();

const BLOCK = 64;

/**
 * SHA-256 of data that arrives in pieces (FIPS 180-4): the browser's own digest wants all of it in memory at once,
 * which a model file should never be.
 */
export class Sha256Stream {
  readonly #state = Int32Array.from(START);
  readonly #words = new Int32Array(BLOCK);
  readonly #rest = new Uint8Array(BLOCK);
  #restBytes = 0;
  #total = 0;

  update(piece: Uint8Array): void {
    this.#total += piece.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(BLOCK - this.#restBytes, piece.length);
      this.#rest.set(piece.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < BLOCK) {
        return;
      }
      this.#block(this.#rest, 0);
    }
    for (; at + BLOCK <= piece.length; at += BLOCK) {
      this.#block(piece, at);
    }
    this.#rest.set(piece.subarray(at));
    this.#restBytes = piece.length - at;
  }

  /** Lower-case hex. The stream is spent after it. */
  digest(): string {
    const bits = this.#total * 8;
    // A one bit, zeros, and the length in bits as a 64-bit number fill the last block.
    const end = new Uint8Array((this.#restBytes < BLOCK - 8 ? BLOCK : 2 * BLOCK) - this.#restBytes);
    end[0] = 0x80;
    const length = new DataView(end.buffer, end.length - 8);
    length.setUint32(0, Math.floor(bits / 2 ** 32));
    length.setUint32(4, bits >>> 0);
    this.update(end);
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #block(data: Uint8Array, from: number): void {
    const w = this.#words;
    for (let i = 0; i < 16; i++) {
      const at = from + i * 4;
      w[i] =
        ((data[at] ?? 0) << 24) |
        ((data[at + 1] ?? 0) << 16) |
        ((data[at + 2] ?? 0) << 8) |
        (data[at + 3] ?? 0);
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15] ?? 0;
      const y = w[i - 2] ?? 0;
      const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0;
    }
    this.#rounds(w);
  }

  /** Section 6.2.2, steps 2 to 4; a to h as the standard calls them. */
  #rounds(w: Int32Array): void {
    const state = this.#state;
    // Read and written by index: iterators here make the whole hash ten times slower.
    let a = state[0] ?? 0;
    let b = state[1] ?? 0;
    let c = state[2] ?? 0;
    let d = state[3] ?? 0;
    let e = state[4] ?? 0;
    let f = state[5] ?? 0;
    let g = state[6] ?? 0;
    let h = state[7] ?? 0;
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const chosen = (e & f) ^ (~e & g);
      const t1 = (h + s1 + chosen + (ROUND[i] ?? 0) + (w[i] ?? 0)) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + s0 + majority) | 0;
    }
    state[0] = (state[0] ?? 0) + a;
    state[1] = (state[1] ?? 0) + b;
    state[2] = (state[2] ?? 0) + c;
    state[3] = (state[3] ?? 0) + d;
    state[4] = (state[4] ?? 0) + e;
    state[5] = (state[5] ?? 0) + f;
    state[6] = (state[6] ?? 0) + g;
    state[7] = (state[7] ?? 0) + h;
  }
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
