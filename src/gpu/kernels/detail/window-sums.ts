import type { Pixels } from '../../pixels.ts';
import { SUMS } from './colour-fit.ts';
import { BLOCK } from './detail-map.ts';

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
  sums[at + 21] = (sums[at + 21] ?? 0) + y0 * y0 * sign;
  sums[at + 22] = (sums[at + 22] ?? 0) + y1 * y1 * sign;
  sums[at + 23] = (sums[at + 23] ?? 0) + y2 * y2 * sign;
}

/** Sums over squares of BLOCK x BLOCK pixels, those at the right and bottom edge cut. */
export type BlockSums = {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns, SUMS] */
  readonly sums: Float64Array;
  /** Pixels of each block. */
  readonly counts: Float64Array;
};

export function blockSums(base: Pixels, edit: Pixels): BlockSums {
  const { width, height } = base;
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const sums = new Float64Array(columns * rows * SUMS);
  const counts = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
      addProducts(sums, block * SUMS, base.data, edit.data, (y * width + x) * 4, 1);
      counts[block] = (counts[block] ?? 0) + 1;
    }
  }
  return { columns, rows, sums, counts };
}

/** Sums over the blocks within `radius` blocks of each block, cut at the edges. */
export function widen(blocks: BlockSums, radius: number): BlockSums {
  const { columns, rows } = blocks;
  const across = { lines: rows, lineStep: columns, length: columns, step: 1 };
  const down = { lines: columns, lineStep: 1, length: rows, step: columns };
  const spread = (values: Float64Array, fields: number): Float64Array =>
    sumAlong(sumAlong(values, fields, across, radius), fields, down, radius);
  return { columns, rows, sums: spread(blocks.sums, SUMS), counts: spread(blocks.counts, 1) };
}

type Lines = { lines: number; lineStep: number; length: number; step: number };

function sumAlong(values: Float64Array, fields: number, axis: Lines, radius: number): Float64Array {
  const output = new Float64Array(values.length);
  for (let line = 0; line < axis.lines; line++) {
    for (let field = 0; field < fields; field++) {
      const begin = line * axis.lineStep * fields + field;
      const step = axis.step * fields;
      let sum = 0;
      for (let i = 0; i < Math.min(radius, axis.length); i++) {
        sum += values[begin + i * step] ?? 0;
      }
      for (let i = 0; i < axis.length; i++) {
        sum += i + radius < axis.length ? (values[begin + (i + radius) * step] ?? 0) : 0;
        sum -= i - radius > 0 ? (values[begin + (i - radius - 1) * step] ?? 0) : 0;
        output[begin + i * step] = sum;
      }
    }
  }
  return output;
}

/** Sums over the whole of both pictures. */
export function totalOf(blocks: BlockSums): { sums: Float64Array; count: number } {
  const sums = new Float64Array(SUMS);
  let count = 0;
  for (let block = 0; block < blocks.counts.length; block++) {
    addColumn(sums, blocks.sums, block * SUMS, 1);
    count += blocks.counts[block] ?? 0;
  }
  return { sums, count };
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
