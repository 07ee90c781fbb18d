import type { Input, InputVideoTrack } from 'mediabunny';
import { assert } from '../base/assert.ts';
import type { ClipInfo, Frame } from '../protocol/media.ts';
import type { ClipReader } from './clip-reader.ts';
import type { ClipSound } from './clip-sound.ts';
import { FrameCursor } from './frame-cursor.ts';
import { fillGaps, type NumberedPicture } from './frame-stream.ts';
import type { FrameTable } from './frame-table.ts';
import type { PictureExtractor } from './picture-extractor.ts';
import { SampleStream, type Matching } from './sample-stream.ts';

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
  readonly #cursor: FrameCursor;

  constructor(parts: BrowserClipParts) {
    this.#parts = parts;
    this.info = parts.info;
    this.times = parts.table.times;
    this.sound = parts.sound;
    this.#cursor = new FrameCursor(this.times.length, (from, to) => this.frames(from, to));
  }

  frames(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Frame> {
    assert(from >= 0 && to <= this.times.length && from <= to, `no frames ${from} to ${to}`);
    return fillGaps(this.#pictures(from, to), from, to, this.#parts.table, signal);
  }

  frame(index: number, signal?: AbortSignal): Promise<Frame> {
    assert(index >= 0 && index < this.times.length, `no frame ${index}`);
    return this.#cursor.frame(index, signal);
  }

  dispose(): void {
    this.#cursor.release();
    this.#parts.input.dispose();
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
