import {
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  Input,
  type AudioCodec,
  type AudioSample,
  type EncodedPacket,
} from 'mediabunny';
import type { Disposable } from '../../base/disposal.ts';
import { AppError } from '../../base/error.ts';
import type { ClipSound } from '../clip-sound.ts';
import { codecName } from '../codec-names.ts';
import { TrackSound } from '../track-sound.ts';
import { commandLine, INPUT_PATH, OUTPUT_PATH } from './ffmpeg-session.ts';
import { probeClip, type ProbedAudio } from './probe.ts';
import { SessionPool } from './session-pool.ts';

/** Codecs whose packets ffmpeg may hand on as they are; everything else becomes AAC. */
const COPIED: Readonly<Record<string, AudioCodec>> = {
  aac: 'aac',
  mp3: 'mp3',
  opus: 'opus',
  vorbis: 'vorbis',
  flac: 'flac',
  ac3: 'ac3',
  eac3: 'eac3',
};
const BITRATE_PER_CHANNEL = 96_000;
const OPUS_RATE = 48_000;
const AAC_FRAME = 1024;
const READ_BYTES = 1 << 20;

/** Sound that ffmpeg.wasm takes out of a file, once, when it is first asked for. */
export class FfmpegSound implements ClipSound, Disposable {
  readonly codec: AudioCodec;
  readonly name: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly start: number;
  readonly #pool: SessionPool;
  readonly #audio: ProbedAudio;
  readonly #origin: number;
  readonly #copies: boolean;
  #extracted: Promise<{ input: Input; sound: TrackSound }> | null = null;

  /**
   * `origin` is the first shown frame on the file's clock, in seconds. Without `codec` packets are handed on as they
   * are where that is possible.
   */
  constructor(pool: SessionPool, audio: ProbedAudio, origin: number, codec?: 'aac' | 'opus') {
    const copied = codec === undefined ? COPIED[audio.codec ?? ''] : undefined;
    this.#pool = pool;
    this.#audio = audio;
    this.#origin = origin;
    this.#copies = copied !== undefined;
    this.codec = copied ?? codec ?? 'aac';
    this.name = codecName(audio.codec ?? this.codec);
    this.channels = audio.channels;
    this.sampleRate = this.codec === 'opus' ? OPUS_RATE : audio.sampleRate;
    this.start = audio.start - origin;
  }

  reencoded(codec: 'aac' | 'opus'): Promise<ClipSound> {
    return Promise.resolve(new FfmpegSound(this.#pool, this.#audio, this.#origin, codec));
  }

  async canDecode(): Promise<boolean> {
    return await (await this.#sound()).canDecode();
  }

  async decoderConfig(): Promise<AudioDecoderConfig | null> {
    return await (await this.#sound()).decoderConfig();
  }

  async *packets(): AsyncGenerator<EncodedPacket> {
    yield* (await this.#sound()).packets();
  }

  async *samples(from?: number): AsyncGenerator<AudioSample> {
    yield* (await this.#sound()).samples(from);
  }

  dispose(): void {
    void this.#extracted?.then(({ input }) => input.dispose()).catch(() => undefined);
  }

  async #sound(): Promise<TrackSound> {
    this.#extracted ??= this.#extract();
    return (await this.#extracted).sound;
  }

  async #extract(): Promise<{ input: Input; sound: TrackSound }> {
    const blob = await this.#run();
    const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(blob) });
    const track = await input.getPrimaryAudioTrack();
    const first =
      track === null
        ? null
        : await new EncodedPacketSink(track).getFirstPacket({ metadataOnly: true });
    if (track === null || first === null) {
      input.dispose();
      throw new AppError('media/fallback-failed', 'Its sound can’t be read.');
    }
    // Matroska can't say that sound starts early: what is known of the start is put back here.
    const priming = this.#copies || this.codec === 'opus' ? 0 : AAC_FRAME / this.sampleRate;
    const shouldStart = this.start - priming;
    const sound = new TrackSound(track, {
      codec: this.codec,
      name: this.name,
      channels: await track.getNumberOfChannels(),
      sampleRate: await track.getSampleRate(),
      start: this.start,
      origin: first.timestamp - shouldStart,
      timeSlack: 0.0015,
      reencode: (codec) => this.reencoded(codec),
    });
    return { input, sound };
  }

  async #run(): Promise<Blob> {
    const bitrate = BITRATE_PER_CHANNEL * Math.max(1, this.channels);
    const encoder = this.codec === 'opus' ? 'libopus' : 'aac';
    const session = await this.#pool.borrow();
    try {
      const stream = await session.start(
        commandLine(
          `-hide_banner -nostats -loglevel warning -i ${INPUT_PATH}`,
          `-map 0:${this.#audio.index} -vn -sn -dn`,
          this.#copies ? '-c:a copy' : `-c:a ${encoder} -b:a ${bitrate}`,
          `-f matroska -seekable 0 ${OUTPUT_PATH}`,
        ),
      );
      return await collect(stream);
    } finally {
      this.#pool.giveBack(session);
    }
  }
}

/** Everything a command writes, as a Blob: the browser keeps large ones on disk. */
export async function collect(stream: {
  readonly reader: { read(target: Uint8Array): Promise<number> };
  readonly done: Promise<number>;
}): Promise<Blob> {
  const parts: Blob[] = [];
  for (;;) {
    const block = new Uint8Array(READ_BYTES);
    const count = await stream.reader.read(block);
    if (count > 0) {
      parts.push(new Blob([block.subarray(0, count)]));
    }
    if (count < block.length) {
      await stream.done;
      return new Blob(parts);
    }
  }
}

/** The sound of a file that the browser demuxes but neither copies nor decodes. */
export async function reencodeSound(
  file: Blob,
  origin: number,
  codec: 'aac' | 'opus',
): Promise<ClipSound> {
  const pool = new SessionPool(file);
  try {
    const session = await pool.borrow();
    const { audio } = await probeClip(session);
    pool.giveBack(session);
    if (audio === null || audio.codec === null) {
      throw new AppError('media/fallback-failed', 'Its sound can’t be read.');
    }
    const sound = new FfmpegSound(pool, audio, origin, codec);
    await sound.decoderConfig(); // Takes the sound out now, so that ffmpeg can go.
    return sound;
  } finally {
    pool.dispose();
  }
}
