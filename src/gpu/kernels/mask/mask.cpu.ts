import type { Size } from '../../../base/units.ts';
import { distanceTo, geometryOf, rampOf, type MaskShape } from './mask-shape.ts';

/** One byte per pixel, 255 = edit here. An empty box is an empty mask. */
export function rasteriseMask(shape: MaskShape, size: Size): Uint8Array<ArrayBuffer> {
  const { width, height } = size;
  const mask = new Uint8Array(width * height);
  if (shape.width <= 0 || shape.height <= 0) {
    return shape.invert ? mask.fill(255) : mask;
  }
  const geometry = geometryOf(shape, size);
  for (let y = 0; y < height; y++) {
    const dy = y + 0.5 - geometry.centreY;
    for (let x = 0; x < width; x++) {
      const dx = x + 0.5 - geometry.centreX;
      const inside = rampOf(distanceTo(shape.kind, geometry, dx, dy), geometry.rim);
      mask[y * width + x] = Math.floor((shape.invert ? 1 - inside : inside) * 255 + 0.5);
    }
  }
  return mask;
}
