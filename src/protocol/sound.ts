import type { Microseconds, Seconds } from '../base/units.ts';

/** The file of a clip and where its sound starts, as its opening said: enough to find its samples. */
export type SoundSource = { readonly file: File; readonly soundStart: Microseconds };

/** A piece of the sequence as it is heard; clip time. `source` is null where its clip has no sound. */
export type SoundStretch = {
  readonly source: SoundSource | null;
  readonly from: Microseconds;
  readonly to: Microseconds;
};

export type SoundStream = { readonly sampleRate: number; readonly channels: number };

/** One array per channel, -1 to 1. */
export type SoundBlock = readonly Float32Array<ArrayBuffer>[];

/** Of a waveform. */
export const PEAKS_PER_SECOND = 100;

/** Loudest values of a waveform: minimum and maximum in turn, -127 to 127; the first pair is peak `from`. */
export type WaveformPart = { readonly from: number; readonly values: Int8Array<ArrayBuffer> };

/** What the sound worker exposes: decoded sound for playing and for waveforms. It never waits for a job. */
export interface SoundService {
  /** Begins to decode the pieces from this sequence time on; ends the stream before. Null: nothing is heard. */
  begin(pieces: readonly SoundStretch[], from: Microseconds): Promise<SoundStream | null>;
  /** The next stretch of the stream, about half a second; null at its end. */
  read(): Promise<SoundBlock | null>;
  end(): void;
  /** Streams the waveform of a clip; resolves when all is sent. Nothing for silent clips. */
  waveform(
    source: SoundSource,
    duration: Seconds,
    onPart: (part: WaveformPart) => void,
  ): Promise<void>;
}
