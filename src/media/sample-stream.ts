import { VideoSampleSink, type InputVideoTrack, type VideoSample } from 'mediabunny';
import { AppError } from '../base/error.ts';
import { endStream } from './end-stream.ts';
import { frameOfChunkTime, keyStampBefore, type FrameTable } from './frame-table.ts';
import { withTimeout } from './timeout.ts';

/** Decoders were seen that take a packet and never answer. */
const DECODE_TIMEOUT_MS = 30_000;

/** How decoded frames are told apart. */
export type Matching =
  /** By the time stamp of the packet: right even when the decoder drops a frame. */
  | 'time'
  /** By counting from the key frame: for files whose packets carry decoding times only. */
  | 'order';

export type DecodedFrame = { readonly index: number; readonly frame: VideoFrame };

/** Decoding starts at key packets; this one yields numbered frames and survives damage by going on at the next key. */
export class SampleStream {
  readonly #track: InputVideoTrack;
  readonly #table: FrameTable;
  matching: Matching = 'time';
  /** The last error that was skipped over. */
  lastError: unknown = null;

  constructor(track: InputVideoTrack, table: FrameTable) {
    this.#track = track;
    this.#table = table;
  }

  /**
   * Decoded frames numbered `from` or more, ascending, at least up to `to` - 1 unless frames are missing. A frame is
   * closed when the next one is asked for. Throws only if nothing at all could be decoded.
   */
  async *decode(from: number, to: number): AsyncGenerator<DecodedFrame> {
    const firstKey = this.#table.keyStamps[0] ?? 0;
    const countsOnly = this.matching === 'order' && this.#table.hasEqualStamps;
    let start = countsOnly ? firstKey : keyStampBefore(this.#table, this.#table.stamps[from] ?? 0);
    let last = from - 1;
    let decoded = 0;
    for (;;) {
      try {
        for await (const item of this.#run(start, last + 1, to)) {
          last = item.index;
          decoded++;
          yield item;
        }
        if (decoded > 0 || start <= firstKey) {
          return;
        }
        start = firstKey; // What the file calls a key frame was none: begin at the first of all.
      } catch (error) {
        if (error instanceof OutOfOrderError) {
          throw error;
        }
        this.lastError = error;
        const next = this.#resumeAfter(Math.max(start, this.#table.stamps[last] ?? start), to);
        if (next === undefined) {
          if (decoded === 0) {
            throw error;
          }
          return;
        }
        start = next;
      }
    }
  }

  /** The next key packet behind a damaged place, if it helps frames before `to`. */
  #resumeAfter(reached: number, to: number): number | undefined {
    const end = this.#table.stamps[to - 1] ?? 0;
    return this.#table.keyStamps.find((key) => key > reached + 1e-9 && key <= end);
  }

  async *#run(startStamp: number, from: number, to: number): AsyncGenerator<DecodedFrame> {
    const { stamps } = this.#table;
    const plain = this.matching === 'time' && this.#table.hiddenPackets === 0;
    const end = plain ? (stamps[to] ?? Infinity) : Infinity;
    const sink = new VideoSampleSink(this.#track);
    const samples = sink.samples(startStamp, end)[Symbol.asyncIterator]();
    // Counting starts at the key frame, which is the first picture that comes out.
    let counted = stamps.findIndex((stamp) => stamp >= startStamp - 1e-9) - 1;
    let last = -1;
    try {
      for (;;) {
        const result = await withTimeout(
          samples.next(),
          DECODE_TIMEOUT_MS,
          () => new AppError('media/decode-failed', 'The decoder gave no answer.'),
        );
        if (result.done === true) {
          return;
        }
        const sample = result.value;
        try {
          const frame = sampleFrame(sample);
          counted++;
          const index =
            this.matching === 'order' ? counted : frameOfChunkTime(this.#table, frame.timestamp);
          if (index === undefined) {
            continue; // Not shown: it stands before the edit list's start.
          }
          if (index <= last) {
            throw new OutOfOrderError();
          }
          last = index;
          if (index >= to) {
            return;
          }
          if (index >= from) {
            yield { index, frame };
          }
        } finally {
          sample.close();
        }
      }
    } finally {
      endStream(samples);
    }
  }
}

/** Frames came out in another order than their time stamps say: the stamps are decoding times. */
export class OutOfOrderError extends Error {}

/** The decoder's own frame, whose time stamp is that of the packet. */
function sampleFrame(sample: VideoSample): VideoFrame {
  const source = sample.toCanvasImageSource();
  if (!(source instanceof VideoFrame)) {
    throw new AppError('media/decode-failed', 'The decoder gave no VideoFrame.');
  }
  return source;
}
