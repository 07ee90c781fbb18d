import {
  ALL_FORMATS,
  BlobSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';
import { AppError, toAppError } from '../base/error.ts';
import type { Size } from '../base/units.ts';
import type { ClipInfo, DecodePath } from '../protocol/media.ts';
import { BrowserClipReader } from './browser-clip-reader.ts';
import { codecName, describeCodecId } from './codec-names.ts';
import { describeRate, keepFrames, scanFrames, type FrameTable } from './frame-table.ts';
import { PictureExtractor } from './picture-extractor.ts';
import { OutOfOrderError, SampleStream, type Matching } from './sample-stream.ts';
import { describeSound, type TrackSound } from './track-sound.ts';
import { withTimeout } from './timeout.ts';

/** Clips up to this many pixels in all are decoded once while opening, so that their frame count is a fact. */
const VERIFY_PIXELS = 60e6;
const DEMUX_TIMEOUT_MS = 30_000;

export type OpenProgress = (p: { done: number; total: number; unit: 'bytes' | 'frames' }) => void;

export type BrowserOpenOptions = {
  readonly name: string;
  readonly fingerprint: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OpenProgress | undefined;
  /** For files that ffmpeg has remuxed: what they really are. */
  readonly path: DecodePath;
  readonly container?: string | undefined;
  readonly bytes?: number | undefined;
  readonly notices: readonly string[];
  /** The file says that it has sound: worth a word if none can be found. */
  readonly declaresSound?: boolean | undefined;
};

/** What came of it, and how far the demuxer's account of the file can be trusted. */
export type BrowserOpenResult = {
  readonly reader: BrowserClipReader;
  /** A reason to believe that the file holds more than was found; null where all is well. */
  readonly doubt: string | null;
};

/** Opens a file with mediabunny and WebCodecs. Throws AppErrors with the code that fits what was found. */
export async function openInBrowser(
  file: Blob,
  options: BrowserOpenOptions,
): Promise<BrowserOpenResult> {
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(file) });
  try {
    return await withTimeout(
      openInput(input, file, options),
      DEMUX_TIMEOUT_MS + file.size / 20_000,
      () => new AppError('media/damaged', 'Reading it took too long.'),
    );
  } catch (error) {
    input.dispose();
    throw error;
  }
}

async function openInput(
  input: Input,
  file: Blob,
  options: BrowserOpenOptions,
): Promise<BrowserOpenResult> {
  const track = await findVideoTrack(input);
  const codec = await track.getCodec();
  const table = await scanOrExplain(track, options);
  const size = await shownSize(track);
  const verified = await verify(track, table, size.width * size.height);
  const origin = verified.table.stamps[0] ?? 0;
  const audioTrack = await input.getPrimaryAudioTrack();
  const sound = audioTrack === null ? null : await describeSoundSafely(audioTrack, origin);
  const hdr = isHdrTransfer((await track.getColorSpace()).transfer);
  const rotation = await track.getRotation();
  const times = verified.table.times;
  const info: ClipInfo = {
    name: options.name,
    bytes: options.bytes ?? file.size,
    fingerprint: options.fingerprint,
    container: options.container ?? (await input.getFormat()).name,
    width: size.width,
    height: size.height,
    rotation,
    videoCodec: codecName(codec ?? 'unknown'),
    frameCount: times.length,
    duration: (times[times.length - 1] ?? 0) + verified.table.lastDuration,
    ...describeRate(times, verified.table.lastDuration, await track.getTimeResolution()),
    hdr,
    audio:
      sound === null
        ? null
        : { codec: codecName(sound.codec), channels: sound.channels, sampleRate: sound.sampleRate },
    path: options.path,
    notices: [
      ...options.notices,
      ...(hdr ? ['This is an HDR video; it is shown and exported in standard range.'] : []),
      ...(sound === null && (audioTrack !== null || options.declaresSound === true)
        ? ['The sound of this file can’t be read.']
        : []),
      ...(verified.missing > 0
        ? [`The file is damaged: ${verified.missing} of its frames can’t be decoded.`]
        : []),
    ],
  };
  const reader = new BrowserClipReader({
    info,
    input,
    track,
    table: verified.table,
    matching: verified.matching,
    extractor: new PictureExtractor(size, { rotation, flip: await track.getFlip() }),
    sound,
  });
  return {
    reader,
    doubt:
      verified.missing > 0 ? 'some frames can’t be decoded' : await doubt(track, verified.table),
  };
}

async function findVideoTrack(input: Input): Promise<InputVideoTrack> {
  if (!(await input.canRead())) {
    throw new AppError('media/not-a-video');
  }
  const track = await input.getPrimaryVideoTrack();
  if (track === null) {
    throw new AppError('media/no-video-track', '', {
      cause: { audioTracks: (await input.getAudioTracks()).length },
    });
  }
  const codec = await track.getCodec();
  if (codec === null) {
    throw new AppError(
      'media/unsupported-codec',
      `Its codec is ${describeCodecId(await track.getInternalCodecId())}.`,
    );
  }
  if (!(await track.canDecode())) {
    throw new AppError('media/unsupported-codec', `Its codec is ${codecName(codec)}.`);
  }
  return track;
}

async function scanOrExplain(
  track: InputVideoTrack,
  options: BrowserOpenOptions,
): Promise<FrameTable> {
  let table: FrameTable;
  try {
    table = await scanFrames(track, {
      signal: options.signal,
      onFrames: (done) => options.onProgress?.({ done, total: 0, unit: 'frames' }),
    });
  } catch (error) {
    throw isEncryption(error)
      ? new AppError('media/encrypted', '', { cause: error })
      : toAppError(error, 'media/damaged');
  }
  if (table.times.length === 0) {
    throw new AppError('media/damaged', 'It has a video track, but no frames.');
  }
  return table;
}

export function isEncryption(error: unknown): boolean {
  return error instanceof Error && /encrypt|decrypt/i.test(error.message);
}

async function shownSize(track: InputVideoTrack): Promise<Size> {
  const width = Math.round(await track.getDisplayWidth());
  const height = Math.round(await track.getDisplayHeight());
  if (width < 1 || height < 1) {
    throw new AppError('media/damaged', `Its picture size is ${width} x ${height}.`);
  }
  return { width, height };
}

async function describeSoundSafely(
  track: InputAudioTrack,
  origin: number,
): Promise<TrackSound | null> {
  try {
    return await describeSound(track, origin);
  } catch {
    return null; // A broken sound track must not cost the picture; the caller tells the user.
  }
}

type Verified = {
  readonly table: FrameTable;
  readonly matching: Matching;
  readonly missing: number;
};

/** Decodes small clips whole, long ones at their start, and corrects the table by what comes out. */
async function verify(
  track: InputVideoTrack,
  table: FrameTable,
  framePixels: number,
): Promise<Verified> {
  const count = table.times.length;
  const whole = framePixels * count <= VERIFY_PIXELS;
  const to = whole ? count : Math.min(count, 8);
  const stream = new SampleStream(track, table);
  const seen = new Set<number>();
  try {
    try {
      await collect(stream, to, seen);
    } catch (error) {
      if (!(error instanceof OutOfOrderError)) {
        throw error;
      }
      stream.matching = 'order';
      seen.clear();
      await collect(stream, to, seen);
    }
  } catch (error) {
    throw isEncryption(error)
      ? new AppError('media/encrypted', '', { cause: error })
      : toAppError(error, 'media/damaged');
  }
  if (seen.size === 0) {
    throw new AppError('media/damaged', 'None of its frames can be decoded.');
  }
  if (!whole) {
    return { table, matching: stream.matching, missing: to - seen.size };
  }
  return {
    table: seen.size < count ? keepFrames(table, seen) : table,
    matching: stream.matching,
    missing: count - seen.size,
  };
}

async function collect(stream: SampleStream, to: number, seen: Set<number>): Promise<void> {
  for await (const { index } of stream.decode(0, to)) {
    seen.add(index);
  }
}

/** Wide primaries alone don't make a picture HDR: the transfer does. */
function isHdrTransfer(transfer: string | null | undefined): boolean {
  return transfer === 'pq' || transfer === 'hlg';
}

/** Compares what was counted with what the header promises: a demuxer may have lost its way. */
async function doubt(track: InputVideoTrack, table: FrameTable): Promise<string | null> {
  const counted = ((table.times[table.times.length - 1] ?? 0) + table.lastDuration) / 1e6;
  const first = table.stamps[0] ?? 0;
  const stated = (await track.getDurationFromMetadata({ skipLiveWait: true })) ?? 0;
  if (Number.isFinite(stated) && stated - first > counted * 1.5 + 0.5) {
    return `its header promises ${(stated - first).toFixed(1)} s, ${counted.toFixed(1)} s were found`;
  }
  return null;
}
