/**
 * 8-bit sRGB RGBA, rows top down, as protocol's `Picture`, which this room can't import. Measures read R, G and B.
 */
export type Picture = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
};
