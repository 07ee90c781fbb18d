import { assert } from '../base/assert.ts';
import { AppError } from '../base/error.ts';

export type BufferPoolOptions = {
  /** Most bytes of buffers in use at one time; past it `take` throws `gpu/out-of-memory`. */
  readonly capBytes: number;
  /** Most bytes kept idle for reuse. */
  readonly idleBytes: number;
  /** Called before an idle buffer is destroyed: recorded commands may still name it. */
  readonly beforeDestroy: () => void;
};

/** Rounds up to one of four sizes per octave: at most a quarter is wasted, and few distinct sizes remain. */
export function bucketBytes(bytes: number): number {
  const least = 256;
  if (bytes <= least) {
    return least;
  }
  const step = 2 ** Math.max(6, Math.floor(Math.log2(bytes)) - 2);
  return Math.ceil(bytes / step) * step;
}

/**
 * Storage buffers by size. Reuse without waiting is right because commands run in the order they are recorded;
 * only writes from the CPU overtake, so the context flushes before each of those.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #options: BufferPoolOptions;
  readonly #idle = new Map<string, GPUBuffer[]>();
  readonly #used = new Set<GPUBuffer>();
  #live = 0;
  #peak = 0;
  #idleBytes = 0;

  constructor(device: GPUDevice, options: BufferPoolOptions) {
    this.#device = device;
    this.#options = options;
  }

  /** The caller owns the buffer until `give`. It may be larger than asked, and its contents are unspecified. */
  take(bytes: number, usage: number, label: string): GPUBuffer {
    const size = bucketBytes(bytes);
    const limit = this.#device.limits.maxBufferSize;
    if (size > limit) {
      throw new AppError(
        'gpu/out-of-memory',
        `${label} needs ${size} bytes, a buffer holds ${limit}.`,
      );
    }
    if (this.#live + size > this.#options.capBytes) {
      const { capBytes } = this.#options;
      const detail = `${label} needs ${size} bytes, ${this.#live} of ${capBytes} are in use.`;
      throw new AppError('gpu/out-of-memory', detail);
    }
    const found = this.#idle.get(keyOf(size, usage))?.pop();
    const buffer = found ?? this.#device.createBuffer({ size, usage });
    if (found !== undefined) {
      this.#idleBytes -= size;
    }
    buffer.label = label;
    this.#used.add(buffer);
    this.#live += size;
    this.#peak = Math.max(this.#peak, this.#live);
    return buffer;
  }

  give(buffer: GPUBuffer): void {
    assert(
      this.#used.delete(buffer),
      `buffer ${buffer.label} was not taken from this pool or was given back twice`,
    );
    this.#live -= buffer.size;
    if (this.#idleBytes + buffer.size > this.#options.idleBytes) {
      this.#options.beforeDestroy();
      buffer.destroy();
      return;
    }
    const key = keyOf(buffer.size, buffer.usage);
    const shelf = this.#idle.get(key);
    if (shelf === undefined) {
      this.#idle.set(key, [buffer]);
    } else {
      shelf.push(buffer);
    }
    this.#idleBytes += buffer.size;
  }

  /** Takes a buffer out of use without keeping it: one whose mapping failed. */
  discard(buffer: GPUBuffer): void {
    if (this.#used.delete(buffer)) {
      this.#live -= buffer.size;
      buffer.destroy();
    }
  }

  get bytes(): { readonly live: number; readonly peak: number; readonly idle: number } {
    return { live: this.#live, peak: this.#peak, idle: this.#idleBytes };
  }

  resetPeak(): void {
    this.#peak = this.#live;
  }

  /** Destroys all idle buffers. */
  trim(): void {
    if (this.#idleBytes > 0) {
      this.#options.beforeDestroy();
    }
    for (const shelf of this.#idle.values()) {
      for (const buffer of shelf) {
        buffer.destroy();
      }
    }
    this.#idle.clear();
    this.#idleBytes = 0;
  }

  /** Destroys everything, buffers in use included. */
  dispose(): void {
    this.trim();
    for (const buffer of this.#used) {
      buffer.destroy();
    }
    this.#used.clear();
    this.#live = 0;
  }
}

function keyOf(size: number, usage: number): string {
  return `${size}:${usage}`;
}
