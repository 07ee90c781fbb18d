import {
  AudioSampleSink,
  EncodedPacketSink,
  type AudioCodec,
  type AudioSample,
  type EncodedPacket,
  type InputAudioTrack,
} from 'mediabunny';
import type { ClipSound } from './clip-sound.ts';
import { codecName } from './codec-names.ts';

export type TrackSoundFacts = {
  readonly codec: AudioCodec | null;
  readonly name: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly start: number;
  /** The first shown frame on the file's clock, in seconds. */
  readonly origin: number;
  /** Seconds by which a packet's time may be off through the container's rounding. */
  readonly timeSlack: number;
  readonly reencode: (codec: 'aac' | 'opus') => Promise<ClipSound>;
};

/** The sound track of a demuxed clip. */
export class TrackSound implements ClipSound {
  readonly codec: AudioCodec | null;
  readonly name: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly start: number;
  readonly #track: InputAudioTrack;
  readonly #facts: TrackSoundFacts;

  constructor(track: InputAudioTrack, facts: TrackSoundFacts) {
    this.#track = track;
    this.#facts = facts;
    this.codec = facts.codec;
    this.name = facts.name;
    this.channels = facts.channels;
    this.sampleRate = facts.sampleRate;
    this.start = facts.start;
  }

  async canDecode(): Promise<boolean> {
    return this.codec !== null && (await this.#track.canDecode());
  }

  reencoded(codec: 'aac' | 'opus'): Promise<ClipSound> {
    return this.#facts.reencode(codec);
  }

  decoderConfig(): Promise<AudioDecoderConfig | null> {
    return this.#track.getDecoderConfig();
  }

  async *packets(): AsyncGenerator<EncodedPacket> {
    const sink = new EncodedPacketSink(this.#track);
    let end = Number.NaN;
    for await (const packet of sink.packets()) {
      let timestamp = packet.timestamp - this.#facts.origin;
      // Matroska rounds times to milliseconds; packets that follow each other without a gap are joined exactly.
      if (Math.abs(timestamp - end) < this.#facts.timeSlack) {
        timestamp = end;
      }
      end = timestamp + packet.duration;
      yield packet.clone({ timestamp });
    }
  }

  async *samples(from?: number): AsyncGenerator<AudioSample> {
    const sink = new AudioSampleSink(this.#track);
    const { origin } = this.#facts;
    for await (const sample of sink.samples(from === undefined ? undefined : from + origin)) {
      sample.setTimestamp(sample.timestamp - origin);
      yield sample;
    }
  }
}

/** Reads the facts of a track; null where the file has an audio track that nothing can name or that holds no packet. */
export async function describeSound(
  track: InputAudioTrack,
  origin: number,
  reencode: TrackSoundFacts['reencode'],
): Promise<TrackSound | null> {
  const codec = await track.getCodec();
  const first = await new EncodedPacketSink(track).getFirstPacket();
  if (codec === null || first === null) {
    return null;
  }
  const layer2 = codec === 'mp3' && isMpegLayer2(first.data);
  return new TrackSound(track, {
    codec: layer2 ? null : codec,
    name: layer2 ? 'mp2' : codecName(codec),
    channels: await track.getNumberOfChannels(),
    sampleRate: await track.getSampleRate(),
    // What lies before 0 on the file's clock primes the decoder and isn't heard.
    start: Math.max(0, first.timestamp) - origin,
    origin,
    timeSlack: (await track.getTimeResolution()) <= 1000 ? 0.0015 : 0,
    reencode,
  });
}

/** MPEG audio headers name their layer in two bits; the demuxer calls every layer MP3, browsers decode only that one. */
function isMpegLayer2(data: Uint8Array): boolean {
  const second = data[1] ?? 0;
  return data[0] === 0xff && (second & 0xe0) === 0xe0 && ((second >> 1) & 3) === 0b10;
}
