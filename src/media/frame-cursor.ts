import { checkAborted } from '../base/abort.ts';
import type { Frame } from '../protocol/media.ts';
import { endStream } from './end-stream.ts';

/** How far ahead of the parked decoder a frame may lie before seeking is cheaper than decoding on. */
const REACH_FRAMES = 12;

/** Single frames out of a stream: a decoder stays parked where the last one was found, so going on is cheap. */
export class FrameCursor {
  readonly #open: (from: number, to: number) => AsyncGenerator<Frame>;
  readonly #count: number;
  #parked: { readonly next: number; readonly frames: AsyncGenerator<Frame> } | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #released = false;

  constructor(count: number, open: (from: number, to: number) => AsyncGenerator<Frame>) {
    this.#count = count;
    this.#open = open;
  }

  /** Requests are served one after the other. */
  frame(index: number, signal?: AbortSignal): Promise<Frame> {
    const result = this.#turn.then(() => this.#find(index, signal));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Lets go of the parked decoder; one that is at work goes when it has found its frame. */
  release(): void {
    this.#released = true;
    if (this.#parked !== null) {
      endStream(this.#parked.frames);
    }
    this.#parked = null;
  }

  async #find(index: number, signal?: AbortSignal): Promise<Frame> {
    checkAborted(signal);
    const parked = this.#parked;
    this.#parked = null;
    if (parked !== null) {
      if (index >= parked.next && index <= parked.next + REACH_FRAMES) {
        const found = await this.#advance(parked, index, signal);
        if (found !== null) {
          return found;
        }
      } else {
        endStream(parked.frames);
      }
    }
    // A lone request decodes little ahead; one that goes on from the last is playback and gets an open end.
    const goesOn = parked !== null && index === parked.next;
    const to = goesOn ? this.#count : Math.min(this.#count, index + REACH_FRAMES);
    const found = await this.#advance(
      { next: index, frames: this.#open(index, to) },
      index,
      signal,
    );
    if (found === null) {
      throw new RangeError(`the clip has no frame ${index}`);
    }
    return found;
  }

  /** Reads on to `index`; null if the stream ends before it. */
  async #advance(
    parked: { readonly next: number; readonly frames: AsyncGenerator<Frame> },
    index: number,
    signal?: AbortSignal,
  ): Promise<Frame | null> {
    for (;;) {
      const result = await parked.frames.next();
      if (result.done === true) {
        return null;
      }
      if (signal?.aborted === true) {
        endStream(parked.frames);
        checkAborted(signal);
      }
      if (result.value.index === index) {
        if (this.#released) {
          endStream(parked.frames);
        } else {
          this.#parked = { next: index + 1, frames: parked.frames };
        }
        return result.value;
      }
    }
  }
}
