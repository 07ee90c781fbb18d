import type { Input, InputVideoTrack } from 'mediabunny';
import type { NumberedPicture } from './frame-stream.ts';
import type { PictureExtractor } from './picture-extractor.ts';
import { SampleStream, type Matching } from './sample-stream.ts';
import { StreamClipReader, type StreamClipParts } from './stream-clip-reader.ts';

export type BrowserClipParts = StreamClipParts & {
  readonly input: Input;
  readonly track: InputVideoTrack;
  readonly matching: Matching;
  readonly extractor: PictureExtractor;
};

/** A clip that mediabunny demuxes and WebCodecs decodes. */
export class BrowserClipReader extends StreamClipReader {
  readonly #parts: BrowserClipParts;

  constructor(parts: BrowserClipParts) {
    super(parts);
    this.#parts = parts;
  }

  protected override close(): void {
    this.#parts.input.dispose();
  }

  protected override async *pictures(from: number, to: number): AsyncGenerator<NumberedPicture> {
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
