import type { Disposable } from '../../base/disposal.ts';
import { AppError } from '../../base/error.ts';
import type { Frame } from '../../protocol/media.ts';
import { ByteCache } from '../byte-cache.ts';

const CACHE_BYTES = 192 * 1024 * 1024;
/** A frame this near ahead of the running decoder is reached sooner by decoding on than by seeking. */
const REACH = 24;
/** A step back decodes from the key frame anyway: these many frames before the wanted one are kept on the way. */
const LEAD = 6;

/** The part of a clip reader that the feed needs. */
export type FrameSource = {
  readonly times: Float64Array;
  frames(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Frame>;
};

/**
 * Frames of one clip for a viewer: playing decodes on, scrubbing seeks, what was shown lately is kept. One decoder
 * runs at a time; calls wait for each other.
 */
export class FrameFeed implements Disposable {
  readonly #source: FrameSource;
  readonly #cacheBytes: number;
  readonly #cache: ByteCache<number, Frame>;
  readonly #abort = new AbortController();
  #running: { readonly frames: AsyncGenerator<Frame>; next: number } | null = null;
  #last = 0;
  /** Frames that fit the cache; known once one was decoded. */
  #capacity = 1;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(source: FrameSource, cacheBytes: number = CACHE_BYTES) {
    this.#source = source;
    this.#cacheBytes = cacheBytes;
    this.#cache = new ByteCache(cacheBytes, ({ picture }) => picture.data.length);
  }

  /** The frame of this number; clamped to those that exist. The caller must not change or transfer it. */
  async get(index: number): Promise<Frame> {
    const wanted = Math.max(0, Math.min(index, this.#source.times.length - 1));
    this.#waiting++;
    try {
      return await this.#enqueue(() => this.#load(wanted));
    } finally {
      this.#waiting--;
    }
  }

  /**
   * Decodes up to `count` frames after the one asked for last (large frames: half as many as can be kept), unless
   * something else is asked for meanwhile.
   */
  async readAhead(count: number): Promise<void> {
    const from = this.#last + 1;
    const affordable = Math.min(count, Math.floor(this.#capacity / 2));
    const to = Math.min(from + affordable, this.#source.times.length);
    for (let index = from; index < to && this.#waiting === 0; index++) {
      if (this.#abort.signal.aborted || this.#last !== from - 1) {
        return;
      }
      try {
        await this.#enqueue(() => this.#decode(index));
      } catch {
        // Not asked for yet: whoever asks for this frame is told.
        return;
      }
    }
  }

  dispose(): void {
    this.#abort.abort();
    this.#cache.clear();
    void this.#enqueue(() => this.#stop()).catch(() => undefined);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #load(index: number): Promise<Frame> {
    const frame = await this.#decode(index);
    this.#last = index;
    return frame;
  }

  async #decode(index: number): Promise<Frame> {
    const known = this.#cache.get(index);
    if (known !== undefined) {
      return known;
    }
    try {
      return await this.#decodeOn(index, await this.#runTo(index));
    } catch (error) {
      await this.#stop();
      throw error;
    }
  }

  /** A decoder that will come past this frame soon: the running one if it can. */
  async #runTo(index: number): Promise<{ readonly frames: AsyncGenerator<Frame>; next: number }> {
    const running = this.#running;
    if (running !== null && index >= running.next && index - running.next <= REACH) {
      return running;
    }
    await this.#stop();
    const lead = Math.min(LEAD, this.#capacity - 1);
    const isStepBack = index < this.#last && this.#last - index <= LEAD;
    const from = isStepBack ? Math.max(0, index - lead) : index;
    const frames = this.#source.frames(from, this.#source.times.length, this.#abort.signal);
    this.#running = { frames, next: from };
    return this.#running;
  }

  async #decodeOn(
    index: number,
    running: { readonly frames: AsyncGenerator<Frame>; next: number },
  ): Promise<Frame> {
    for (;;) {
      const { done, value } = await running.frames.next();
      if (done === true) {
        throw new AppError('media/decode-failed', `Frame ${index} could not be reached.`);
      }
      running.next = value.index + 1;
      this.#cache.set(value.index, value);
      this.#capacity = Math.max(1, Math.floor(this.#cacheBytes / value.picture.data.length));
      if (value.index >= index) {
        return value;
      }
    }
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    // What a decoder that is no longer needed has to say on its way out concerns nobody.
    await running?.frames.return(undefined).catch(() => undefined);
  }
}
