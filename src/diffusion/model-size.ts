import type { Size } from '../base/units.ts';

/**
 * The size at which the model sees a picture: an area of about `size` x `size` pixels, the source's aspect kept, both
 * sides rounded to multiples of `stride`. The picture is scaled to it; nothing is padded or cropped.
 */
export function planModelSize(source: Size, size: number, stride: number): Size {
  const scale = size / Math.sqrt(source.width * source.height);
  const side = (pixels: number) => Math.max(1, Math.round((pixels * scale) / stride)) * stride;
  return { width: side(source.width), height: side(source.height) };
}
