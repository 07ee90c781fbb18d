import type { Pixels } from '../../pixels.ts';
import { SUMS } from './colour-fit.ts';

/** Adds (sign 1) or takes away (sign -1) one pixel's products at `at`. */
function addProducts(
  sums: Float64Array,
  at: number,
  base: Uint8ClampedArray,
  edit: Uint8ClampedArray,
  pixel: number,
  sign: 1 | -1,
): void {
  const x0 = (base[pixel] ?? 0) * sign;
  const x1 = (base[pixel + 1] ?? 0) * sign;
  const x2 = (base[pixel + 2] ?? 0) * sign;
  const u0 = base[pixel] ?? 0;
  const u1 = base[pixel + 1] ?? 0;
  const u2 = base[pixel + 2] ?? 0;
  const y0 = edit[pixel] ?? 0;
  const y1 = edit[pixel + 1] ?? 0;
  const y2 = edit[pixel + 2] ?? 0;
  sums[at] = (sums[at] ?? 0) + x0;
  sums[at + 1] = (sums[at + 1] ?? 0) + x1;
  sums[at + 2] = (sums[at + 2] ?? 0) + x2;
  sums[at + 3] = (sums[at + 3] ?? 0) + y0 * sign;
  sums[at + 4] = (sums[at + 4] ?? 0) + y1 * sign;
  sums[at + 5] = (sums[at + 5] ?? 0) + y2 * sign;
  sums[at + 6] = (sums[at + 6] ?? 0) + x0 * u0;
  sums[at + 7] = (sums[at + 7] ?? 0) + x0 * u1;
  sums[at + 8] = (sums[at + 8] ?? 0) + x0 * u2;
  sums[at + 9] = (sums[at + 9] ?? 0) + x1 * u1;
  sums[at + 10] = (sums[at + 10] ?? 0) + x1 * u2;
  sums[at + 11] = (sums[at + 11] ?? 0) + x2 * u2;
  sums[at + 12] = (sums[at + 12] ?? 0) + y0 * x0;
  sums[at + 13] = (sums[at + 13] ?? 0) + y0 * x1;
  sums[at + 14] = (sums[at + 14] ?? 0) + y0 * x2;
  sums[at + 15] = (sums[at + 15] ?? 0) + y1 * x0;
  sums[at + 16] = (sums[at + 16] ?? 0) + y1 * x1;
  sums[at + 17] = (sums[at + 17] ?? 0) + y1 * x2;
  sums[at + 18] = (sums[at + 18] ?? 0) + y2 * x0;
  sums[at + 19] = (sums[at + 19] ?? 0) + y2 * x1;
  sums[at + 20] = (sums[at + 20] ?? 0) + y2 * x2;
}

/** Sums over the whole of both pictures. */
export function wholeSums(base: Pixels, edit: Pixels): Float64Array {
  const sums = new Float64Array(SUMS);
  for (let pixel = 0; pixel < base.data.length; pixel += 4) {
    addProducts(sums, 0, base.data, edit.data, pixel, 1);
  }
  return sums;
}

/**
 * Calls `visit` for every pixel, row by row, with the sums over its window of (2 radius + 1) squared, cut at the
 * picture's edges, and the number of pixels in it. Running sums: the time does not depend on the radius, and as all
 * are integers nothing drifts.
 */
export function forEachWindow(
  base: Pixels,
  edit: Pixels,
  radius: number,
  visit: (pixel: number, sums: Float64Array, count: number) => void,
): void {
  const { width, height } = base;
  const columns = new Float64Array(width * SUMS);
  const sums = new Float64Array(SUMS);
  const shiftRow = (row: number, sign: 1 | -1): void => {
    for (let x = 0; x < width; x++) {
      addProducts(columns, x * SUMS, base.data, edit.data, (row * width + x) * 4, sign);
    }
  };
  for (let row = 0; row < Math.min(radius, height); row++) {
    shiftRow(row, 1);
  }
  for (let y = 0; y < height; y++) {
    if (y + radius < height) {
      shiftRow(y + radius, 1);
    }
    if (y - radius > 0) {
      shiftRow(y - radius - 1, -1);
    }
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    sums.fill(0);
    for (let x = 0; x < Math.min(radius, width); x++) {
      addColumn(sums, columns, x * SUMS, 1);
    }
    for (let x = 0; x < width; x++) {
      if (x + radius < width) {
        addColumn(sums, columns, (x + radius) * SUMS, 1);
      }
      if (x - radius > 0) {
        addColumn(sums, columns, (x - radius - 1) * SUMS, -1);
      }
      const across = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1;
      visit(y * width + x, sums, rows * across);
    }
  }
}

function addColumn(sums: Float64Array, columns: Float64Array, at: number, sign: 1 | -1): void {
  for (let i = 0; i < SUMS; i++) {
    sums[i] = (sums[i] ?? 0) + sign * (columns[at + i] ?? 0);
  }
}
