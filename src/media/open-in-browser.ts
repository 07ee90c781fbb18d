import {
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  Input,
  IsobmffInputFormat,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';
import { checkAborted } from '../base/abort.ts';
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

/**
 * What stays in memory of the file, which is read from front to back mostly. The library's own 8 MiB would make a long
 * clip cost more than a short one, and so would a stream, which hands out pieces of up to 700 kB that are kept whole.
 */
const READ_CACHE_BYTES = 2 ** 18;

/** Opens a file with mediabunny and WebCodecs. Throws AppErrors with the code that fits what was found. */
export async function openInBrowser(
  file: Blob,
  options: BrowserOpenOptions,
): Promise<BrowserOpenResult> {
  const input = new Input({
    formats: ALL_FORMATS,
    source: new BlobSource(file, { maxCacheSize: READ_CACHE_BYTES, useStreamReader: false }),
  });
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
  const stated = await shownSize(track);
  const verified = await verify(track, table, stated.width * stated.height, options.signal);
  const size = await correctSize(track, stated, verified.pictureSize);
  const origin = verified.table.stamps[0] ?? 0;
  const audioTrack = await input.getPrimaryAudioTrack();
  const sound = audioTrack === null ? null : await describeSoundSafely(file, audioTrack, origin);
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
        : { codec: sound.name, channels: sound.channels, sampleRate: sound.sampleRate },
    path: options.path,
    notices: [
      ...options.notices,
      ...(hdr ? ['This is an HDR video; it is shown and exported in standard range.'] : []),
      ...(sound === null && (audioTrack !== null || options.declaresSound === true)
        ? ['The sound of this file can’t be read.']
        : []),
      ...(sound !== null && !(await sound.canDecode())
        ? [`This browser can’t play the ${sound.name} sound; exports keep it.`]
        : []),
      ...(verified.missing > 0 ? [describeMissing(verified.missing)] : []),
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
      verified.missing > 0
        ? 'some frames can’t be decoded'
        : await findDoubt(file, track, audioTrack, verified.table),
  };
}

async function findVideoTrack(input: Input): Promise<InputVideoTrack> {
  // A file of a few bytes makes a format's probe read past the end, which is no error worth telling.
  if (!(await input.canRead().catch(() => false))) {
    throw new AppError('media/not-a-video');
  }
  const track = await input.getPrimaryVideoTrack();
  if (track === null && (await input.getTracks()).length === 0) {
    throw new AppError('media/damaged', 'No track in it can be read.');
  }
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
  file: Blob,
  track: InputAudioTrack,
  origin: number,
): Promise<TrackSound | null> {
  try {
    return await describeSound(track, origin, async (codec) => {
      const { reencodeSound } = await import('./ffmpeg/ffmpeg-sound.ts');
      return await reencodeSound(file, origin, codec);
    });
  } catch {
    return null; // A broken sound track must not cost the picture; the caller tells the user.
  }
}

/** Headers lie about the picture's size too: what the decoder gave out counts, the pixel aspect stays. */
async function correctSize(track: InputVideoTrack, stated: Size, decoded: Size): Promise<Size> {
  const codedWidth = await track.getCodedWidth();
  const codedHeight = await track.getCodedHeight();
  if (decoded.width === codedWidth && decoded.height === codedHeight) {
    return stated;
  }
  const width = Math.round(
    (decoded.width * (await track.getSquarePixelWidth())) / Math.max(1, codedWidth),
  );
  const height = Math.round(
    (decoded.height * (await track.getSquarePixelHeight())) / Math.max(1, codedHeight),
  );
  return (await track.getRotation()) % 180 === 0
    ? { width, height }
    : { width: height, height: width };
}

export function describeMissing(frames: number): string {
  const are = frames === 1 ? '1 frame is' : `${frames} frames are`;
  return `The file is damaged or cut off: ${are} missing.`;
}

type Verified = {
  /** Visible size of the first decoded frame. */
  readonly pictureSize: Size;
  readonly table: FrameTable;
  readonly matching: Matching;
  readonly missing: number;
};

/** Decodes small clips whole, long ones at their start, and corrects the table by what comes out. */
async function verify(
  track: InputVideoTrack,
  table: FrameTable,
  framePixels: number,
  signal: AbortSignal | undefined,
): Promise<Verified> {
  const count = table.times.length;
  const whole = framePixels * count <= VERIFY_PIXELS;
  const to = whole ? count : Math.min(count, 8);
  const stream = new SampleStream(track, table);
  const { seen, pictureSize } = await collectAnyOrder(stream, to, signal);
  if (seen.size === 0 || pictureSize === null) {
    throw new AppError('media/decode-failed', 'None of its frames can be decoded.', {
      cause: stream.lastError,
    });
  }
  const missing = to - seen.size;
  const corrected = whole && missing > 0 ? keepFrames(table, seen) : table;
  return { table: corrected, matching: stream.matching, missing, pictureSize };
}

type Collected = { readonly seen: ReadonlySet<number>; readonly pictureSize: Size | null };

async function collectAnyOrder(
  stream: SampleStream,
  to: number,
  signal: AbortSignal | undefined,
): Promise<Collected> {
  try {
    return await collect(stream, to, signal);
  } catch (error) {
    if (error instanceof OutOfOrderError) {
      stream.matching = 'order';
      return await collectAnyOrder(stream, to, signal);
    }
    throw isEncryption(error)
      ? new AppError('media/encrypted', '', { cause: error })
      : toAppError(error, 'media/decode-failed');
  }
}

async function collect(
  stream: SampleStream,
  to: number,
  signal: AbortSignal | undefined,
): Promise<Collected> {
  const seen = new Set<number>();
  let pictureSize: Size | null = null;
  for await (const { index, frame } of stream.decode(0, to)) {
    checkAborted(signal);
    seen.add(index);
    pictureSize ??= {
      width: frame.visibleRect?.width ?? 0,
      height: frame.visibleRect?.height ?? 0,
    };
  }
  return { seen, pictureSize };
}

/** Wide primaries alone don't make a picture HDR: the transfer does. */
function isHdrTransfer(transfer: string | null | undefined): boolean {
  return transfer === 'pq' || transfer === 'hlg';
}

/** Compares what was found with what the file promises and weighs: a demuxer may have lost its way. */
async function findDoubt(
  file: Blob,
  track: InputVideoTrack,
  audio: InputAudioTrack | null,
  table: FrameTable,
): Promise<string | null> {
  const counted = ((table.times[table.times.length - 1] ?? 0) + table.lastDuration) / 1e6;
  const first = table.stamps[0] ?? 0;
  const stated = (await track.getDurationFromMetadata({ skipLiveWait: true })) ?? 0;
  if (Number.isFinite(stated) && stated - first > counted * 1.5 + 0.5) {
    return `its header promises ${(stated - first).toFixed(1)} s, ${counted.toFixed(1)} s were found`;
  }
  const isMp4 = (await track.input.getFormat()) instanceof IsobmffInputFormat;
  if (isMp4 && file.size > 100_000 && table.packetBytes < file.size / 2) {
    const soundBytes = audio === null ? 0 : await countBytes(audio);
    const tracks = (await track.input.getTracks()).length;
    if (tracks <= 2 && table.packetBytes + soundBytes < file.size / 2) {
      return 'more than half of the file belongs to no frame that was found';
    }
  }
  return null;
}

async function countBytes(track: InputAudioTrack): Promise<number> {
  let bytes = 0;
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    bytes += packet.byteLength;
  }
  return bytes;
}
