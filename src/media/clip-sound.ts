import type { AudioCodec, AudioSample, EncodedPacket } from 'mediabunny';

/**
 * The sound of a clip on the clip's own clock: seconds, 0 = first shown frame, so packets that come before the
 * picture (or that only prime the decoder) have negative times.
 */
export interface ClipSound {
  /** Codec of the packets; null where only decoded samples exist. */
  readonly codec: AudioCodec | null;
  readonly channels: number;
  readonly sampleRate: number;
  /** Whether this browser decodes the packets: needed only where they can't be copied. */
  canDecode(): Promise<boolean>;
  decoderConfig(): Promise<AudioDecoderConfig | null>;
  /** Encoded packets in decode order. */
  packets(): AsyncGenerator<EncodedPacket>;
  /** Decoded samples in order; the consumer closes each. */
  samples(): AsyncGenerator<AudioSample>;
  /** Where the presented sound starts. Packets before it prime the decoder and are not heard. */
  readonly start: number;
}
