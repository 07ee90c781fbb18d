import {
  AudioSampleSink,
  EncodedPacketSink,
  type AudioCodec,
  type AudioSample,
  type EncodedPacket,
  type InputAudioTrack,
} from 'mediabunny';
import type { ClipSound } from './clip-sound.ts';

/** The sound track of a demuxed clip. `origin` is the first shown frame on the file's clock, in seconds. */
export class TrackSound implements ClipSound {
  readonly codec: AudioCodec;
  readonly channels: number;
  readonly sampleRate: number;
  readonly start: number;
  readonly #track: InputAudioTrack;
  readonly #origin: number;

  constructor(
    track: InputAudioTrack,
    facts: {
      codec: AudioCodec;
      channels: number;
      sampleRate: number;
      start: number;
      origin: number;
    },
  ) {
    this.#track = track;
    this.#origin = facts.origin;
    this.codec = facts.codec;
    this.channels = facts.channels;
    this.sampleRate = facts.sampleRate;
    this.start = facts.start;
  }

  canDecode(): Promise<boolean> {
    return this.#track.canDecode();
  }

  decoderConfig(): Promise<AudioDecoderConfig | null> {
    return this.#track.getDecoderConfig();
  }

  async *packets(): AsyncGenerator<EncodedPacket> {
    const sink = new EncodedPacketSink(this.#track);
    for await (const packet of sink.packets()) {
      yield packet.clone({ timestamp: packet.timestamp - this.#origin });
    }
  }

  async *samples(): AsyncGenerator<AudioSample> {
    const sink = new AudioSampleSink(this.#track);
    for await (const sample of sink.samples()) {
      sample.setTimestamp(sample.timestamp - this.#origin);
      yield sample;
    }
  }
}

/** Reads the facts of a track; null where the file has an audio track that nothing can name or that holds no packet. */
export async function describeSound(
  track: InputAudioTrack,
  origin: number,
): Promise<TrackSound | null> {
  const codec = await track.getCodec();
  const first = await new EncodedPacketSink(track).getFirstPacket({ metadataOnly: true });
  if (codec === null || first === null) {
    return null;
  }
  return new TrackSound(track, {
    codec,
    channels: await track.getNumberOfChannels(),
    sampleRate: await track.getSampleRate(),
    // What lies before 0 on the file's clock primes the decoder and isn't heard.
    start: Math.max(0, first.timestamp) - origin,
    origin,
  });
}
