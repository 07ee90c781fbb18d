import type { Size } from '../base/units.ts';

/** 8-bit sRGB RGBA, rows top down, alpha 255: the shape of protocol's `Picture`, which this room can't import. */
export type Pixels = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
};

export function createPixels(size: Size): Pixels {
  const { width, height } = size;
  return { width, height, data: new Uint8ClampedArray(width * height * 4) };
}
