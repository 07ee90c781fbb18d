import { checkAborted } from '../../base/abort.ts';
import { AppError, isCancelled } from '../../base/error.ts';
import type { ClipInfo } from '../../protocol/media.ts';
import type { ClipReader } from '../clip-reader.ts';
import { codecName } from '../codec-names.ts';
import { buildFrameTable, describeRate, type FrameTable, type PacketFact } from '../frame-table.ts';
import { describeMissing, openInBrowser, type OpenProgress } from '../open-in-browser.ts';
import { PictureExtractor } from '../picture-extractor.ts';
import { FfmpegClipReader } from './ffmpeg-clip-reader.ts';
import { collect, FfmpegSound } from './ffmpeg-sound.ts';
import { commandLine, INPUT_PATH, OUTPUT_PATH } from './ffmpeg-session.ts';
import { probeClip, probePackets, type Probe, type ProbedVideo } from './probe.ts';
import { chooseRawFormat, isHdr, type RawFormat } from './raw-format.ts';
import { decodeRaw } from './raw-stream.ts';
import { SessionPool } from './session-pool.ts';

/** Clips up to this many pixels in all are decoded once while opening, so that their frames are facts. */
const VERIFY_PIXELS = 30e6;
/** Codecs that browsers may decode and fragmented MP4 can hold: such files only need another container. */
const REMUXABLE = new Set(['h264', 'hevc', 'vp9', 'av1']);
const MP4_SOUND = new Set(['aac', 'mp3', 'ac3', 'eac3', 'opus', 'flac']);

export type FfmpegOpenOptions = {
  readonly file: File;
  readonly fingerprint: string;
  /** Why the browser's own way did not do, as the end of a sentence. */
  readonly reason: string;
  /** Whether only the container was the trouble, so that the browser may decode what ffmpeg repacks. */
  readonly triesRemux: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OpenProgress | undefined;
};

/** Opens a file with ffmpeg.wasm. Throws AppErrors that say what the file is, as far as ffmpeg can tell. */
export async function openWithFfmpeg(options: FfmpegOpenOptions): Promise<ClipReader> {
  const pool = new SessionPool(options.file);
  try {
    const session = await pool.borrow();
    const probe = await probeClip(session);
    pool.giveBack(session);
    checkAborted(options.signal);
    const video = requireVideo(probe, session.log);
    if (options.triesRemux && REMUXABLE.has(video.codec ?? '')) {
      const reader = await remux(pool, probe, video, options);
      if (reader !== null) {
        pool.dispose();
        return reader;
      }
    }
    return await openRaw(pool, probe, video, options);
  } catch (error) {
    pool.dispose();
    throw error;
  }
}

function requireVideo(probe: Probe, log: readonly string[]): ProbedVideo {
  if (probe.streamCount === 0) {
    const line = log.findLast((text) => /invalid|not found|error/i.test(text)) ?? '';
    throw /moov atom not found/i.test(log.join('\n'))
      ? new AppError('media/damaged', 'Its index is missing; the file was probably cut off.')
      : new AppError('media/not-a-video', '', { cause: line });
  }
  if (probe.video === null && probe.audio !== null) {
    throw new AppError('media/no-video-track');
  }
  if (probe.video === null) {
    throw new AppError('media/damaged', 'No track in it can be read.');
  }
  if (probe.video.codec === null) {
    throw new AppError('media/unsupported-codec', `Its codec is ${probe.video.tag}.`);
  }
  if (probe.video.codedWidth === 0 || probe.video.codedHeight === 0) {
    throw new AppError('media/damaged', 'Its picture size is unknown.');
  }
  return probe.video;
}

function slowNotice(reason: string): string {
  return `ffmpeg reads this file, which is slower than the browser’s own decoder: ${reason}.`;
}

/** Repacks into fragmented MP4 without decoding; null where the browser makes nothing of that either. */
async function remux(
  pool: SessionPool,
  probe: Probe,
  video: ProbedVideo,
  options: FfmpegOpenOptions,
): Promise<ClipReader | null> {
  const session = await pool.borrow();
  const sound = probe.audio;
  try {
    const stream = await session.start(
      commandLine(
        `-hide_banner -nostats -loglevel warning -i ${INPUT_PATH} -map 0:${video.index}`,
        sound === null ? '' : `-map 0:${sound.index}`,
        '-sn -dn -c:v copy',
        MP4_SOUND.has(sound?.codec ?? '') ? '-c:a copy' : '-c:a aac -b:a 192k',
        '-movflags frag_keyframe+empty_moov+default_base_moof',
        `-f mp4 -seekable 0 ${OUTPUT_PATH}`,
      ),
    );
    const blob = await collect(stream);
    if (blob.size === 0) {
      return null;
    }
    const { reader } = await openInBrowser(blob, {
      name: options.file.name,
      bytes: options.file.size,
      fingerprint: options.fingerprint,
      container: probe.container,
      path: 'ffmpeg',
      notices: [slowNotice(options.reason)],
      signal: options.signal,
      onProgress: options.onProgress,
    });
    return reader;
  } catch (error) {
    if (isCancelled(error)) {
      throw error;
    }
    return null;
  } finally {
    pool.giveBack(session);
  }
}

async function openRaw(
  pool: SessionPool,
  probe: Probe,
  video: ProbedVideo,
  options: FfmpegOpenOptions,
): Promise<ClipReader> {
  const format = chooseRawFormat(video);
  const frames = await findFrames(pool, video, format, options);
  checkAborted(options.signal);
  const origin = frames.table.stamps[0] ?? 0;
  const hasSound = probe.audio !== null && probe.audio.codec !== null;
  const sound = hasSound ? new FfmpegSound(pool, probe.audio, origin) : null;
  const { times, lastDuration } = frames.table;
  const hdr = isHdr(video);
  const info: ClipInfo = {
    name: options.file.name,
    bytes: options.file.size,
    fingerprint: options.fingerprint,
    container: probe.container,
    width: video.width,
    height: video.height,
    rotation: video.orientation.rotation,
    videoCodec: codecName(video.codec ?? 'unknown'),
    frameCount: times.length,
    duration: (times[times.length - 1] ?? 0) + lastDuration,
    ...describeRate(times, lastDuration, video.ticksPerSecond),
    hdr,
    audio:
      sound === null
        ? null
        : {
            codec: sound.name,
            channels: sound.channels,
            sampleRate: sound.sampleRate,
          },
    path: 'ffmpeg',
    notices: [
      slowNotice(options.reason),
      ...(hdr ? ['This is an HDR video; it is shown and exported in standard range.'] : []),
      ...(probe.audio !== null && sound === null ? ['The sound of this file can’t be read.'] : []),
      ...(frames.missing > 0 ? [describeMissing(frames.missing)] : []),
    ],
  };
  return new FfmpegClipReader({
    info,
    pool,
    video,
    format,
    table: frames.table,
    seekable: frames.seekable,
    extractor: new PictureExtractor(video, video.orientation),
    sound,
  });
}

type Frames = { readonly table: FrameTable; readonly seekable: boolean; readonly missing: number };

/** Small clips are decoded whole; for others packets are counted and the first frame must decode. */
async function findFrames(
  pool: SessionPool,
  video: ProbedVideo,
  format: RawFormat,
  options: FfmpegOpenOptions,
): Promise<Frames> {
  const session = await pool.borrow();
  try {
    const packets = await probePackets(session, video.index, options.file.size);
    const shown = packets.filter((packet) => !packet.discarded);
    const whole =
      shown.length === 0 ||
      video.codedWidth * video.codedHeight * shown.length <= VERIFY_PIXELS ||
      shown.some((packet) => !Number.isFinite(packet.pts));
    const stamps = await decodeStamps(session, video, format, whole ? Infinity : 1, options);
    if (stamps.length === 0) {
      throw new AppError('media/damaged', 'None of its frames can be decoded.');
    }
    const typical = shown.find((packet) => packet.duration > 0)?.duration ?? 0.04;
    if (!whole) {
      const facts = shown.map((packet) => makeFact(packet.pts, packet.duration, packet.key));
      return { table: buildFrameTable(facts, video.ticksPerSecond), seekable: true, missing: 0 };
    }
    const timed = stamps.every((stamp, i) => i === 0 || stamp > (stamps[i - 1] ?? 0));
    const facts = stamps.map((stamp, i) => makeFact(timed ? stamp : i * typical, typical, i === 0));
    const keyStamps = shown.filter((packet) => packet.key).map((packet) => packet.pts);
    return {
      table: { ...buildFrameTable(facts, video.ticksPerSecond), keyStamps },
      seekable: timed && keyStamps.every(Number.isFinite),
      missing: Math.max(0, shown.length - stamps.length),
    };
  } finally {
    pool.giveBack(session);
  }
}

function makeFact(stamp: number, duration: number, key: boolean): PacketFact {
  return { stamp, duration, chunkTime: Math.round(stamp * 1e6), key, shown: true, bytes: 0 };
}

async function decodeStamps(
  session: Awaited<ReturnType<SessionPool['borrow']>>,
  video: ProbedVideo,
  format: RawFormat,
  limit: number,
  options: FfmpegOpenOptions,
): Promise<number[]> {
  const stamps: number[] = [];
  for await (const { stamp } of decodeRaw(session, video, format, null)) {
    checkAborted(options.signal);
    stamps.push(stamp);
    options.onProgress?.({ done: stamps.length, total: 0, unit: 'frames' });
    if (stamps.length >= limit) {
      break;
    }
  }
  return stamps;
}
