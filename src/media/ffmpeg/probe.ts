import type { Orientation } from '../picture-extractor.ts';
import { commandLine, type FfmpegSession } from './ffmpeg-session.ts';

/** What ffprobe says of the clip, reduced to what is used. */
export type Probe = {
  readonly container: string;
  readonly video: ProbedVideo | null;
  readonly audio: ProbedAudio | null;
  /** Streams of any kind, pictures attached to sound files included. */
  readonly streamCount: number;
};

export type ProbedVideo = {
  readonly index: number;
  /** ffmpeg's name, or null where this build has no decoder for it. */
  readonly codec: string | null;
  readonly tag: string;
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Size as shown. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly pixelFormat: string;
  readonly fullRange: boolean;
  readonly matrix: string;
  readonly primaries: string;
  readonly transfer: string;
  readonly ticksPerSecond: number;
};

export type ProbedAudio = {
  readonly index: number;
  readonly codec: string | null;
  readonly channels: number;
  readonly sampleRate: number;
  /** Seconds on the file's clock. */
  readonly start: number;
};

/** A packet of the video stream in file order; times in seconds, NaN where the container has none. */
export type ProbedPacket = {
  readonly pts: number;
  readonly duration: number;
  readonly key: boolean;
  /** Before the start of an edit list: decoded, never shown. */
  readonly discarded: boolean;
};

const PROBE_TIMEOUT_MS = 30_000;

export async function probeClip(session: FfmpegSession): Promise<Probe> {
  const text = await session.probe(
    commandLine('-print_format json -show_format -show_streams'),
    PROBE_TIMEOUT_MS,
  );
  return parseProbe(text);
}

export async function probePackets(
  session: FfmpegSession,
  streamIndex: number,
  bytes: number,
): Promise<ProbedPacket[]> {
  const text = await session.probe(
    commandLine(
      `-select_streams ${streamIndex} -print_format csv=p=0:nk=0`,
      '-show_entries packet=pts_time,dts_time,duration_time,flags',
    ),
    PROBE_TIMEOUT_MS + bytes / 10_000,
  );
  return text.split('\n').flatMap((line) => parsePacket(line) ?? []);
}

type Json = Readonly<Record<string, unknown>>;

export function parseProbe(text: string): Probe {
  const document = parseObject(text);
  const streams = Array.isArray(document['streams']) ? document['streams'].filter(isObject) : [];
  const videos = streams.filter(
    (stream) => stream['codec_type'] === 'video' && !isAttachedPicture(stream),
  );
  const audios = streams.filter((stream) => stream['codec_type'] === 'audio');
  const format = isObject(document['format']) ? document['format'] : {};
  const video = videos.find(isDefault) ?? videos[0];
  const audio = audios.find(isDefault) ?? audios[0];
  return {
    container: readText(format['format_long_name']) || readText(format['format_name']),
    video: video === undefined ? null : readVideo(video),
    audio: audio === undefined ? null : readAudio(audio),
    streamCount: streams.length,
  };
}

export function parsePacket(line: string): ProbedPacket | null {
  const fields = new Map(
    line
      .trim()
      .split(',')
      .map((field) => {
        const [name = '', value = ''] = field.split('=');
        return [name, value] as const;
      }),
  );
  const flags = fields.get('flags');
  if (flags === undefined) {
    return null;
  }
  const pts = Number.parseFloat(fields.get('pts_time') ?? '');
  const duration = Number.parseFloat(fields.get('duration_time') ?? '');
  return {
    pts,
    duration: Number.isFinite(duration) ? duration : 0,
    key: flags.includes('K'),
    discarded: flags.includes('D'),
  };
}

function readVideo(stream: Json): ProbedVideo {
  const codedWidth = readNumber(stream['width']);
  const codedHeight = readNumber(stream['height']);
  const aspect = readRatio(stream['sample_aspect_ratio']) || 1;
  const orientation = readOrientation(stream);
  const turned = orientation.rotation % 180 !== 0;
  const squareWidth = Math.round(codedWidth * aspect);
  const pixelFormat = readText(stream['pix_fmt']);
  return {
    index: readNumber(stream['index']),
    codec: readCodec(stream),
    tag: readText(stream['codec_tag_string']),
    codedWidth,
    codedHeight,
    width: turned ? codedHeight : squareWidth,
    height: turned ? squareWidth : codedHeight,
    orientation,
    pixelFormat,
    fullRange: readText(stream['color_range']) === 'pc' || pixelFormat.startsWith('yuvj'),
    matrix: readText(stream['color_space']),
    primaries: readText(stream['color_primaries']),
    transfer: readText(stream['color_transfer']),
    ticksPerSecond: 1 / (readRatio(stream['time_base']) || 0.001),
  };
}

function readAudio(stream: Json): ProbedAudio {
  return {
    index: readNumber(stream['index']),
    codec: readCodec(stream),
    channels: readNumber(stream['channels']),
    sampleRate: readNumber(stream['sample_rate']),
    start: readNumber(stream['start_time']),
  };
}

function readCodec(stream: Json): string | null {
  const name = readText(stream['codec_name']);
  return name === '' || name === 'none' || name === 'unknown' ? null : name;
}

/** The display matrix: a quarter turn, perhaps mirrored. Other angles are ignored, as browsers do. */
function readOrientation(stream: Json): Orientation {
  const sides = Array.isArray(stream['side_data_list']) ? stream['side_data_list'] : [];
  const side = sides.filter(isObject).find((entry) => 'displaymatrix' in entry);
  const rows = readText(side?.['displaymatrix'])
    .split('\n')
    .map((row) =>
      row
        .replace(/^[^:]*:/, '')
        .trim()
        .split(/\s+/)
        .map(Number),
    )
    .filter((row) => row.length === 3);
  const [a = 1, b = 0] = rows[0] ?? [];
  const [c = 0, d = 1] = rows[1] ?? [];
  return orientationOf(Math.sign(a), Math.sign(b), Math.sign(c), Math.sign(d));
}

/** Turn first, then mirror: the order of `Orientation`. Signs of the matrix x' = a x + c y, y' = b x + d y. */
function orientationOf(a: number, b: number, c: number, d: number): Orientation {
  const flip = a * d - b * c < 0;
  const sign = flip ? -1 : 1; // Undo the mirror: it negates x'.
  const [x, y] = [a * sign, b];
  if (x === 0 && y === 1) {
    return { rotation: 90, flip };
  }
  if (x === -1 && y === 0) {
    return { rotation: 180, flip };
  }
  return { rotation: x === 0 && y === -1 ? 270 : 0, flip };
}

function isAttachedPicture(stream: Json): boolean {
  return isObject(stream['disposition']) && stream['disposition']['attached_pic'] === 1;
}

function isDefault(stream: Json): boolean {
  return isObject(stream['disposition']) && stream['disposition']['default'] === 1;
}

function parseObject(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {}; // ffprobe prints nothing useful for files it can't open.
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readNumber(value: unknown): number {
  const number = typeof value === 'number' ? value : Number.parseFloat(readText(value));
  return Number.isFinite(number) ? number : 0;
}

function readRatio(value: unknown): number {
  const [over = 0, under = 0] = readText(value).split(/[:/]/).map(Number);
  const ratio = over / under;
  return Number.isFinite(ratio) ? ratio : 0;
}
