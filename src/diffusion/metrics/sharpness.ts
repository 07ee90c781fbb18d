import { lumaOf } from './luma.ts';
import type { Picture } from './picture.ts';

/**
 * Variance of the Laplacian (four neighbours) of the luma, in squared steps of 0…255: Pech-Pacheco et al., "Diatom
 * autofocusing in brightfield microscopy", ICPR 2000. It grows with the square of the contrast and with noise. 0 for
 * pictures under 3 x 3.
 */
export function sharpnessOf(picture: Picture): number {
  const { width, height } = picture;
  const luma = lumaOf(picture);
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const around =
        (luma[at - 1] ?? 0) +
        (luma[at + 1] ?? 0) +
        (luma[at - width] ?? 0) +
        (luma[at + width] ?? 0);
      const laplacian = around - 4 * (luma[at] ?? 0);
      sum += laplacian;
      squares += laplacian * laplacian;
      count++;
    }
  }
  return count === 0 ? 0 : Math.max(0, squares / count - (sum / count) ** 2);
}
