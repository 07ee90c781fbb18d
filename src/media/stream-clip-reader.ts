import { assert } from '../base/assert.ts';
import type { ClipInfo, Frame } from '../protocol/media.ts';
import type { ClipReader } from './clip-reader.ts';
import type { ClipSound } from './clip-sound.ts';
import { FrameCursor } from './frame-cursor.ts';
import { fillGaps, type NumberedPicture } from './frame-stream.ts';
import type { FrameTable } from './frame-table.ts';

export type StreamClipParts = {
  readonly info: ClipInfo;
  readonly table: FrameTable;
  readonly sound: ClipSound | null;
};

/** What the readers share: frames, whole and single ones, out of a decoder's stream of pictures. */
export abstract class StreamClipReader implements ClipReader {
  readonly info: ClipInfo;
  readonly times: Float64Array<ArrayBuffer>;
  readonly sound: ClipSound | null;
  readonly #table: FrameTable;
  readonly #cursor: FrameCursor;

  constructor({ info, table, sound }: StreamClipParts) {
    this.info = info;
    this.times = table.times;
    this.sound = sound;
    this.#table = table;
    this.#cursor = new FrameCursor(this.times.length, (from, to) => this.frames(from, to));
  }

  frames(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Frame> {
    assert(from >= 0 && to <= this.times.length && from <= to, `no frames ${from} to ${to}`);
    return fillGaps(this.pictures(from, to), from, to, this.#table, signal);
  }

  frame(index: number, signal?: AbortSignal): Promise<Frame> {
    assert(index >= 0 && index < this.times.length, `no frame ${index}`);
    return this.#cursor.frame(index, signal);
  }

  dispose(): void {
    this.#cursor.release();
    this.close();
  }

  /** Decoded pictures numbered `from` to `to` - 1, ascending; damaged ones are missing. */
  protected abstract pictures(from: number, to: number): AsyncGenerator<NumberedPicture>;

  /** Lets go of the file and whatever decodes it. */
  protected abstract close(): void;
}
