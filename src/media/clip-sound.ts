import type { AudioCodec, AudioSample, EncodedPacket } from 'mediabunny';

/**
 * The sound of a clip on the clip's own clock: seconds, 0 = first shown frame, so packets that come before the
 * picture (or that only prime the decoder) have negative times.
 */
export interface ClipSound {
  /** Codec of the packets; null where they can't be copied into any container, or where there are none. */
  readonly codec: AudioCodec | null;
  /** The codec's name for people. */
  readonly name: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** Whether this browser decodes the packets: needed only where they can't be copied. */
  canDecode(): Promise<boolean>;
  decoderConfig(): Promise<AudioDecoderConfig | null>;
  /** Encoded packets in decode order. */
  packets(): AsyncGenerator<EncodedPacket>;
  /** Decoded samples in order, from the one that holds `from` on (seconds; default: all); the consumer closes each. */
  samples(from?: number): AsyncGenerator<AudioSample>;
  /** Where the presented sound starts. Packets before it prime the decoder and are not heard. */
  readonly start: number;
  /** The same sound encoded anew by ffmpeg.wasm, for what this browser can neither copy nor decode. */
  reencoded(codec: 'aac' | 'opus'): Promise<ClipSound>;
}
