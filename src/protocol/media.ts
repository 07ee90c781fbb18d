import type { Microseconds } from '../base/units.ts';

/** How a clip is read: the browser's own decoders, or ffmpeg.wasm (slower). */
export type DecodePath = 'browser' | 'ffmpeg';

/** What is known of a clip once it is open. Sizes are as shown: rotation and pixel aspect applied. */
export type ClipInfo = {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 (hex) of size, first and last 64 KiB. */
  readonly fingerprint: string;
  readonly container: string;
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise that were applied. */
  readonly rotation: 0 | 90 | 180 | 270;
  readonly videoCodec: string;
  readonly frameCount: number;
  /** From the first shown frame to the end of the last one. */
  readonly duration: Microseconds;
  /** Mean frames per second. */
  readonly frameRate: number;
  readonly variableRate: boolean;
  readonly hdr: boolean;
  readonly audio: AudioInfo | null;
  readonly path: DecodePath;
  /** Sentences worth showing once: HDR was tone-mapped, the slow decoder is used and why, sound can't be kept. */
  readonly notices: readonly string[];
};

export type AudioInfo = {
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
};

/** 8-bit sRGB RGBA, rows top down, alpha 255. */
export type Picture = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
};

/** A decoded frame as shown. `time` counts from the first shown frame; `duration` reaches to the next one. */
export type Frame = {
  readonly index: number;
  readonly time: Microseconds;
  readonly duration: Microseconds;
  readonly picture: Picture;
};
