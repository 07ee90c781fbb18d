import type { Picture } from './picture.ts';

/** BT.601 luma of every pixel, 0…255, not rounded. */
export function lumaOf({ width, height, data }: Picture): Float32Array {
  const luma = new Float32Array(width * height);
  for (let i = 0; i < luma.length; i++) {
    const at = i * 4;
    luma[i] = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  }
  return luma;
}
