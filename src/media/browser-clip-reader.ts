import type { Input, InputVideoTrack } from 'mediabunny';
import { assert } from '../base/assert.ts';
import type { ClipInfo, Frame } from '../protocol/media.ts';
import type { ClipReader } from './clip-reader.ts';
import type { ClipSound } from './clip-sound.ts';
import { fillGaps, type NumberedPicture } from './frame-stream.ts';
import type { FrameTable } from './frame-table.ts';
import type { PictureExtractor } from './picture-extractor.ts';
import { SampleStream, type Matching } from './sample-stream.ts';

/** How far ahead of the parked decoder a single frame may lie before seeking is cheaper than decoding on. */
const REACH_FRAMES = 12;

export type BrowserClipParts = {
  readonly info: ClipInfo;
  readonly input: Input;
  readonly track: InputVideoTrack;
  readonly table: FrameTable;
  readonly matching: Matching;
  readonly extractor: PictureExtractor;
  readonly sound: ClipSound | null;
};

/** A clip that mediabunny demuxes and WebCodecs decodes. */
export class BrowserClipReader implements ClipReader {
  readonly info: ClipInfo;
  readonly times: Float64Array<ArrayBuffer>;
  readonly sound: ClipSound | null;
  readonly #parts: BrowserClipParts;
  #parked: { readonly next: number; readonly frames: AsyncGenerator<Frame> } | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: BrowserClipParts) {
    this.#parts = parts;
    this.info = parts.info;
    this.times = parts.table.times;
    this.sound = parts.sound;
  }

  frames(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Frame> {
    assert(from >= 0 && to <= this.times.length && from <= to, `no frames ${from} to ${to}`);
    return fillGaps(this.#pictures(from, to), from, to, this.#parts.table, signal);
  }

  frame(index: number, signal?: AbortSignal): Promise<Frame> {
    // One decoder serves single frames: requests queue up behind each other.
    const result = this.#turn.then(() => this.#single(index, signal));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  dispose(): void {
    this.#unpark();
    this.#parts.input.dispose();
  }

  async #single(index: number, signal?: AbortSignal): Promise<Frame> {
    let parked = this.#parked;
    this.#parked = null;
    if (parked === null || index < parked.next || index > parked.next + REACH_FRAMES) {
      void parked?.frames.return(undefined);
      const to = Math.min(this.times.length, index + REACH_FRAMES);
      parked = { next: index, frames: this.frames(index, to) };
    }
    let next = parked.next;
    for (;;) {
      if (signal?.aborted === true) {
        void parked.frames.return(undefined);
      }
      const result = await parked.frames.next();
      if (result.done === true) {
        // The parked stream ended before the wanted frame: start anew at it.
        return await this.#single(index, signal);
      }
      next++;
      if (result.value.index === index) {
        this.#parked = { next, frames: parked.frames };
        return result.value;
      }
    }
  }

  #unpark(): void {
    void this.#parked?.frames.return(undefined);
    this.#parked = null;
  }

  async *#pictures(from: number, to: number): AsyncGenerator<NumberedPicture> {
    if (from >= to) {
      return;
    }
    const stream = new SampleStream(this.#parts.track, this.#parts.table);
    stream.matching = this.#parts.matching;
    for await (const { index, frame } of stream.decode(from, to)) {
      yield { index, picture: await this.#parts.extractor.extract(frame) };
    }
  }
}
