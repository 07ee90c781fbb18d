import {
  canEncodeAudio,
  canEncodeVideo,
  Mp4OutputFormat,
  Quality,
  WebMOutputFormat,
  type AudioCodec,
  type OutputFormat,
  type VideoCodec,
} from 'mediabunny';
import { AppError } from '../base/error.ts';
import type { ClipInfo } from '../protocol/media.ts';
import type { ClipSound } from './clip-sound.ts';
import { codecName } from './codec-names.ts';

export type Container = 'mp4' | 'webm';

/** What an export will be, decided before the first frame. */
export type WriterPlan = {
  readonly container: Container;
  readonly videoCodec: string;
  readonly audioCodec: string | null;
  readonly audioHandling: 'copied' | 'transcoded' | 'none';
  /** Sentences for the user: what could not be kept as it was. */
  readonly notices: readonly string[];
};

export type VideoPlan = {
  readonly container: Container;
  readonly codec: VideoCodec;
  readonly quality: Quality;
};

export type SoundPlan =
  | { readonly handling: 'none'; readonly notices: readonly string[] }
  | {
      /** Encoded by ffmpeg.wasm: for sound that this browser can't decode. */
      readonly handling: 'reencoded';
      readonly codec: 'aac' | 'opus';
      readonly notices: readonly string[];
    }
  | { readonly handling: 'copied'; readonly codec: AudioCodec; readonly notices: readonly string[] }
  | {
      readonly handling: 'transcoded';
      readonly codec: AudioCodec;
      readonly channels: number;
      readonly sampleRate: number;
      readonly quality: Quality;
      readonly notices: readonly string[];
    };

/** Generous, because an edit must not look worse for having been exported. */
const BITS_PER_PIXEL = 0.25;
const MIN_BITRATE = 1_500_000;
const MAX_BITRATE = 120_000_000;
const OPUS_RATE = 48_000;

/**
 * H.264 where the browser can encode it (it takes even sizes only), else VP9, then VP8 and AV1, which take any size.
 * `auto` is MP4 for H.264 and WebM for the others; a container that was asked for is kept.
 */
export async function planVideo(
  info: Pick<ClipInfo, 'width' | 'height' | 'frameRate'>,
  container: 'auto' | Container,
): Promise<VideoPlan> {
  const { width, height, frameRate } = info;
  const wanted = Math.round(width * height * Math.min(frameRate, 120) * BITS_PER_PIXEL);
  const bitrate = Math.min(MAX_BITRATE, Math.max(MIN_BITRATE, wanted));
  const quality = new Quality({ bitrate });
  const even = width % 2 === 0 && height % 2 === 0;
  const codecs: VideoCodec[] = [
    ...(container === 'webm' || !even ? [] : (['avc'] as const)),
    'vp9',
    ...(container === 'mp4' ? [] : (['vp8'] as const)),
    'av1',
  ];
  for (const codec of codecs) {
    if (await canEncodeVideo(codec, { width, height, quality })) {
      const own = codec === 'avc' ? 'mp4' : 'webm';
      return { container: container === 'auto' ? own : container, codec, quality };
    }
  }
  throw new AppError('media/no-encoder', `The picture has ${width} x ${height} pixels.`);
}

/** Packets are copied where the container holds their codec; else the sound is decoded and encoded again. */
export async function planSound(sound: ClipSound | null, container: Container): Promise<SoundPlan> {
  if (sound === null) {
    return { handling: 'none', notices: [] };
  }
  // Where ffmpeg delivers another codec than the file has, nothing is copied.
  const isOriginal = sound.codec !== null && codecName(sound.codec) === sound.name;
  if (sound.codec !== null && isOriginal && holdsPackets(container, sound.codec)) {
    return { handling: 'copied', codec: sound.codec, notices: [] };
  }
  // A cut has no packets at all: it is decoded and encoded in any case.
  if ((isOriginal || sound.codec === null) && (await sound.canDecode())) {
    const plan = await planTranscoding(sound, container);
    if (plan !== null) {
      return plan;
    }
  }
  const codec = container === 'mp4' ? 'aac' : 'opus';
  const notice = `The ${sound.name} sound was encoded again as ${codec}.`;
  return { handling: 'reencoded', codec, notices: [notice] };
}

async function planTranscoding(sound: ClipSound, container: Container): Promise<SoundPlan | null> {
  for (const channels of sound.channels > 2 ? [sound.channels, 2] : [sound.channels]) {
    for (const codec of container === 'mp4' ? (['aac', 'opus'] as const) : (['opus'] as const)) {
      const sampleRate = codec === 'opus' ? OPUS_RATE : sound.sampleRate;
      const quality = new Quality({ bitrate: channels === 1 ? 96_000 : 80_000 * channels });
      if (await canEncodeAudio(codec, { numberOfChannels: channels, sampleRate, quality })) {
        const mixed = channels < sound.channels ? ' and mixed down to stereo' : '';
        const notices = [`The ${sound.name} sound was encoded again as ${codec}${mixed}.`];
        return { handling: 'transcoded', codec, channels, sampleRate, quality, notices };
      }
    }
  }
  return null;
}

/** Vorbis may stand in MP4 by its registered object type, but hardly any player knows it. */
function holdsPackets(container: Container, codec: AudioCodec): boolean {
  return (
    makeFormat(container).getSupportedAudioCodecs().includes(codec) &&
    !(container === 'mp4' && codec === 'vorbis')
  );
}

export function makeFormat(container: Container): OutputFormat {
  return container === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat();
}

/** Ticks per second of the containers as mediabunny writes them: video in MP4 has 57,600, WebM counts milliseconds. */
export function ticksPerSecond(container: Container): number {
  return container === 'mp4' ? 57_600 : 1000;
}

export function describePlan(video: VideoPlan, sound: SoundPlan): WriterPlan {
  return {
    container: video.container,
    videoCodec: codecName(video.codec),
    audioCodec: sound.handling === 'none' ? null : codecName(sound.codec),
    audioHandling: sound.handling === 'reencoded' ? 'transcoded' : sound.handling,
    notices: sound.notices,
  };
}
