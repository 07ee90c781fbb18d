import { AudioSample, type EncodedPacket } from 'mediabunny';
import { AppError } from '../base/error.ts';
import type { Microseconds } from '../base/units.ts';
import type { ClipSound } from './clip-sound.ts';
import { PcmReader, type PcmBlock } from './pcm-reader.ts';
import { Resampler } from './resampler.ts';

/** One stretch of the sequence; clip time. `sound` is null where the clip has none or none that can be decoded. */
export type SoundPiece = {
  readonly sound: ClipSound | null;
  readonly from: Microseconds;
  readonly to: Microseconds;
};

export type SoundFormat = { readonly sampleRate: number; readonly channels: number };

/** Where pieces differ in rate. */
const COMMON_RATE = 48_000;
const BLOCK_FRAMES = 4_800;
/** Decoders are started this much before the first frame that is heard: Opus takes 80 ms to settle. */
const RUN_UP_SECONDS = 0.1;

/** The format all pieces are brought to: the common rate, and as many channels as the richest has. Null: all silent. */
export function soundFormat(pieces: readonly SoundPiece[]): SoundFormat | null {
  const sounds = pieces.flatMap(({ sound }) => (sound === null ? [] : [sound]));
  if (sounds.length === 0) {
    return null;
  }
  const rates = new Set(sounds.map(({ sampleRate }) => sampleRate));
  const [rate = COMMON_RATE] = rates;
  return {
    sampleRate: rates.size === 1 ? rate : COMMON_RATE,
    channels: Math.max(...sounds.map(({ channels }) => channels)),
  };
}

/**
 * The sound of pieces one behind the other, from sequence time `start` on, in blocks that follow each other without a
 * gap. A piece begins at the sample nearest to its first frame: rounding does not add up over cuts.
 */
export async function* readPieces(
  pieces: readonly SoundPiece[],
  { sampleRate, channels }: SoundFormat,
  start: Microseconds = 0,
): AsyncGenerator<PcmBlock> {
  const sampleAt = (time: Microseconds): number => Math.round((time * sampleRate) / 1e6);
  let begin = 0;
  for (const piece of pieces) {
    const end = begin + piece.to - piece.from;
    const first = Math.max(begin, start);
    if (end > first) {
      const source = await openPiece(piece, first - begin, sampleRate, channels);
      try {
        const count = sampleAt(end) - sampleAt(first);
        for (let done = 0; done < count; done += BLOCK_FRAMES) {
          yield await source.read(Math.min(BLOCK_FRAMES, count - done));
        }
      } finally {
        source.stop();
      }
    }
    begin = end;
  }
}

type PieceSource = { read(count: number): Promise<PcmBlock>; stop(): void };

/** `skip`: how much of the piece's beginning is left out. */
async function openPiece(
  { sound, from }: SoundPiece,
  skip: Microseconds,
  sampleRate: number,
  channels: number,
): Promise<PieceSource> {
  if (sound === null) {
    return {
      read: (count) =>
        Promise.resolve(Array.from({ length: channels }, () => new Float32Array(count))),
      stop: () => undefined,
    };
  }
  const seconds = (from + skip) / 1e6;
  const samples = sound.samples(Math.max(sound.start, seconds - RUN_UP_SECONDS));
  const reader = new PcmReader(samples, seconds, sound.sampleRate);
  const resampler = new Resampler(reader, channels, await reader.sampleRate(), sampleRate);
  return {
    read: (count) => resampler.read(count),
    stop: () => {
      reader.stop();
    },
  };
}

/** The sound of a sequence as the clip writer takes it: decoded, cut to the sample, encoded again. */
export class SequenceSound implements ClipSound {
  readonly codec = null;
  readonly name = 'cut';
  readonly start = 0;
  readonly channels: number;
  readonly sampleRate: number;
  readonly #pieces: readonly SoundPiece[];

  constructor(pieces: readonly SoundPiece[], format: SoundFormat) {
    this.#pieces = pieces;
    this.channels = format.channels;
    this.sampleRate = format.sampleRate;
  }

  canDecode(): Promise<boolean> {
    return Promise.resolve(true);
  }

  decoderConfig(): Promise<null> {
    return Promise.resolve(null);
  }

  // oxlint-disable-next-line require-yield -- there are no packets to copy
  async *packets(): AsyncGenerator<EncodedPacket> {
    throw new AppError('internal/assert', 'A cut has no packets.');
  }

  async *samples(): AsyncGenerator<AudioSample> {
    const { sampleRate, channels } = this;
    let frames = 0;
    for await (const block of readPieces(this.#pieces, { sampleRate, channels })) {
      const count = block[0]?.length ?? 0;
      const data = new Float32Array(count * channels);
      block.forEach((plane, channel) => {
        data.set(plane, channel * count);
      });
      yield new AudioSample({
        data,
        format: 'f32-planar',
        numberOfChannels: channels,
        sampleRate,
        timestamp: frames / sampleRate,
      });
      frames += count;
    }
  }

  reencoded(): Promise<ClipSound> {
    return Promise.reject(new AppError('media/no-encoder', 'It encodes no sound.'));
  }
}

/** A sound that this browser can decode: the clip's own, else encoded anew by ffmpeg.wasm; null where neither works. */
export async function decodableSound(sound: ClipSound | null): Promise<ClipSound | null> {
  if (sound === null || (await sound.canDecode())) {
    return sound;
  }
  try {
    const anew = await sound.reencoded('opus');
    return (await anew.canDecode()) ? anew : null;
  } catch {
    return null;
  }
}
