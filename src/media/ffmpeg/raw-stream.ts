import { AppError } from '../../base/error.ts';
import { withTimeout } from '../timeout.ts';
import { commandLine, INPUT_PATH, OUTPUT_PATH, type FfmpegSession } from './ffmpeg-session.ts';
import type { ProbedVideo } from './probe.ts';
import type { RawFormat } from './raw-format.ts';

/** A decoded frame's pixels in `RawFormat` and its time on the file's clock in seconds; NaN where there is none. */
export type RawFrame = { readonly stamp: number; readonly pixels: Uint8Array<ArrayBuffer> };

/** Without a byte for this long the command counts as stuck. Seeking in a long file may take a while. */
const STALL_TIMEOUT_MS = 45_000;

/**
 * Decodes from the key frame at or before `fromStamp` (file clock; null = from the start) and yields frame after
 * frame. ffmpeg waits while the consumer works, so no more than a few frames exist at once.
 */
export async function* decodeRaw(
  session: FfmpegSession,
  video: ProbedVideo,
  format: RawFormat,
  fromStamp: number | null,
): AsyncGenerator<RawFrame> {
  const stamps = new StampQueue();
  const stream = await session.start(rawArguments(video, format, fromStamp), (line) =>
    stamps.push(line),
  );
  try {
    for (;;) {
      const pixels = new Uint8Array(format.frameBytes);
      const count = await withTimeout(
        stream.reader.read(pixels),
        STALL_TIMEOUT_MS,
        () => new AppError('media/decode-failed', 'ffmpeg gave no frame in time.'),
      );
      if (count < pixels.length) {
        return;
      }
      yield { stamp: await stamps.shift(), pixels };
    }
  } finally {
    await stream.cancel();
  }
}

function rawArguments(
  video: ProbedVideo,
  format: RawFormat,
  fromStamp: number | null,
): readonly string[] {
  const seek =
    fromStamp === null ? '' : `-seek_timestamp 1 -noaccurate_seek -ss ${fromStamp.toFixed(6)}`;
  // The size is pinned: a stream that changes it half-way would shift all bytes that follow.
  const scale = `scale=${video.codedWidth}:${video.codedHeight}:flags=bicubic+accurate_rnd+full_chroma_int`;
  return commandLine(
    '-hide_banner -nostats -loglevel info -noautorotate -copyts',
    `${seek} -i ${INPUT_PATH} -map 0:${video.index} -an -sn -dn`,
    `-vf showinfo=checksum=0,${scale} -fps_mode passthrough`,
    `-pix_fmt ${format.pixelFormat} -f rawvideo ${OUTPUT_PATH}`,
  );
}

/** Times of frames, as the showinfo filter prints them: one line per frame, in the order of the pixels. */
class StampQueue {
  readonly #stamps: number[] = [];
  #wake: (() => void) | null = null;

  push(line: string): void {
    const match = /\bn:\s*\d+\s+pts:\s*\S+\s+pts_time:\s*(\S+)/.exec(line);
    if (match !== null) {
      this.#stamps.push(Number.parseFloat(match[1] ?? ''));
      this.#wake?.();
    }
  }

  /** The line may arrive a little after the pixels: the two come by different ways. */
  async shift(): Promise<number> {
    if (this.#stamps.length === 0) {
      await withTimeout(
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
        2000,
        () => new AppError('media/decode-failed', 'ffmpeg gave a frame without a time.'),
      );
      this.#wake = null;
    }
    return this.#stamps.shift() ?? Number.NaN;
  }
}
