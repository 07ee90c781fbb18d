/**
 * A bounded byte queue between two threads on shared memory. The writing side blocks (it runs inside ffmpeg, which
 * can't wait any other way); the reading side is asynchronous. This is what keeps decoding in step with its consumer
 * and memory flat.
 */
const WRITTEN = 0;
const READ = 1;
const STATE = 2;
const HEADER_BYTES = 16;
const OPEN = 0;
const ENDED = 1;
const CANCELLED = 2;

export function createRing(capacity: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + capacity);
}

/** Counters run modulo 2^32: only their difference, at most the capacity, has a meaning. */
function distance(from: number, to: number): number {
  return (to - from) >>> 0;
}

export class RingWriter {
  readonly #header: Int32Array;
  readonly #data: Uint8Array;

  constructor(ring: SharedArrayBuffer) {
    this.#header = new Int32Array(ring, 0, HEADER_BYTES / 4);
    this.#data = new Uint8Array(ring, HEADER_BYTES);
  }

  /** Blocks until all bytes are in; false if the reader has cancelled. */
  write(bytes: Uint8Array): boolean {
    const capacity = this.#data.length;
    let done = 0;
    while (done < bytes.length) {
      if (Atomics.load(this.#header, STATE) === CANCELLED) {
        return false;
      }
      const written = Atomics.load(this.#header, WRITTEN);
      const read = Atomics.load(this.#header, READ);
      const room = capacity - distance(read, written);
      if (room === 0) {
        Atomics.wait(this.#header, READ, read, 1000);
        continue;
      }
      const at = (written >>> 0) % capacity;
      const count = Math.min(room, bytes.length - done, capacity - at);
      this.#data.set(bytes.subarray(done, done + count), at);
      done += count;
      Atomics.store(this.#header, WRITTEN, (written + count) | 0);
      Atomics.notify(this.#header, WRITTEN);
    }
    return true;
  }
}

export class RingReader {
  readonly #header: Int32Array;
  readonly #data: Uint8Array;

  constructor(ring: SharedArrayBuffer) {
    this.#header = new Int32Array(ring, 0, HEADER_BYTES / 4);
    this.#data = new Uint8Array(ring, HEADER_BYTES);
  }

  /** Fills `target`; the number of bytes is smaller only at the end of the stream. */
  async read(target: Uint8Array): Promise<number> {
    const capacity = this.#data.length;
    let done = 0;
    while (done < target.length) {
      const state = Atomics.load(this.#header, STATE);
      const written = Atomics.load(this.#header, WRITTEN);
      const read = Atomics.load(this.#header, READ);
      const filled = distance(read, written);
      if (filled === 0) {
        if (state !== OPEN) {
          break;
        }
        const waiting = Atomics.waitAsync(this.#header, WRITTEN, written, 1000);
        if (waiting.async) {
          await waiting.value;
        }
        continue;
      }
      const at = (read >>> 0) % capacity;
      const count = Math.min(filled, target.length - done, capacity - at);
      target.set(this.#data.subarray(at, at + count), done);
      done += count;
      Atomics.store(this.#header, READ, (read + count) | 0);
      Atomics.notify(this.#header, READ);
    }
    return done;
  }

  /** No more bytes will come. Called on the reading side, when the command that writes has returned. */
  end(): void {
    Atomics.compareExchange(this.#header, STATE, OPEN, ENDED);
    Atomics.notify(this.#header, WRITTEN);
  }

  /** Makes the writer fail, so that the command stops. */
  cancel(): void {
    Atomics.store(this.#header, STATE, CANCELLED);
    Atomics.notify(this.#header, READ);
    Atomics.notify(this.#header, WRITTEN);
  }
}
