import type { NumberedPicture } from '../frame-stream.ts';
import type { FrameTable } from '../frame-table.ts';
import type { PictureExtractor } from '../picture-extractor.ts';
import { StreamClipReader, type StreamClipParts } from '../stream-clip-reader.ts';
import type { FfmpegSession } from './ffmpeg-session.ts';
import type { ProbedVideo } from './probe.ts';
import type { RawFormat } from './raw-format.ts';
import { decodeRaw, type RawFrame } from './raw-stream.ts';
import type { SessionPool } from './session-pool.ts';

export type FfmpegClipParts = StreamClipParts & {
  readonly pool: SessionPool;
  readonly video: ProbedVideo;
  readonly format: RawFormat;
  /** False where packets carry no times: frames are then counted from the start, and nothing can seek. */
  readonly seekable: boolean;
  readonly extractor: PictureExtractor;
};

/** A clip that ffmpeg.wasm decodes, frame by frame on demand: raw pixels stream out of it, nothing is transcoded. */
export class FfmpegClipReader extends StreamClipReader {
  readonly #parts: FfmpegClipParts;

  constructor(parts: FfmpegClipParts) {
    super(parts);
    this.#parts = parts;
  }

  protected override close(): void {
    this.#parts.pool.dispose();
  }

  protected override async *pictures(from: number, to: number): AsyncGenerator<NumberedPicture> {
    if (from >= to) {
      return;
    }
    const { pool } = this.#parts;
    const session = await pool.borrow();
    try {
      const seekTo = this.#seekStamp(from);
      let found = 0;
      for await (const item of this.#decode(session, seekTo, from, to)) {
        if (seekTo !== null && found === 0 && item.index > from) {
          break; // The demuxer landed too late.
        }
        found++;
        yield item;
      }
      if (found === 0 && seekTo !== null) {
        yield* this.#decode(session, null, from, to);
      }
    } finally {
      pool.giveBack(session);
    }
  }

  /** The key frame to start from, a little early so that rounding does no harm; null = the start of the file. */
  #seekStamp(index: number): number | null {
    const { table, seekable } = this.#parts;
    const stamp = table.stamps[index] ?? 0;
    const key = table.keyStamps.findLast((candidate) => candidate <= stamp + 1e-6);
    const isFirst = key === undefined || key <= (table.stamps[0] ?? 0);
    return !seekable || isFirst ? null : key - 0.001;
  }

  async *#decode(
    session: FfmpegSession,
    seekTo: number | null,
    from: number,
    to: number,
  ): AsyncGenerator<NumberedPicture> {
    const { video, format, table, extractor, seekable } = this.#parts;
    let last = -1;
    for await (const raw of decodeRaw(session, video, format, seekTo)) {
      const index = seekable ? nearestFrame(table, raw.stamp, last) : last + 1;
      if (index >= to) {
        return;
      }
      last = index;
      if (index >= from) {
        yield { index, picture: await extract(raw, video, format, extractor) };
      }
    }
  }
}

/** The frame whose time is closest, later than `last`: a decoder never goes back. */
function nearestFrame(table: FrameTable, stamp: number, last: number): number {
  const { stamps } = table;
  let low = last + 1;
  let high = stamps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (((stamps[middle] ?? 0) + (stamps[middle + 1] ?? 0)) / 2 < stamp) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

export async function extract(
  raw: RawFrame,
  video: ProbedVideo,
  format: RawFormat,
  extractor: PictureExtractor,
): ReturnType<PictureExtractor['extract']> {
  const frame = new VideoFrame(raw.pixels, {
    format: format.frameFormat,
    codedWidth: video.codedWidth,
    codedHeight: video.codedHeight,
    timestamp: 0,
    colorSpace: format.colorSpace,
  });
  try {
    return await extractor.extract(frame);
  } finally {
    frame.close();
  }
}
