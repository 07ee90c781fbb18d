import { assert } from '../../../base/assert.ts';
import type { Pixels } from '../../pixels.ts';
import { SUMS } from './colour-fit.ts';
import { BLOCK } from './detail-map.ts';

/** Adds one pixel's products at `at`. */
function addProducts(
  sums: Float64Array,
  at: number,
  base: Uint8ClampedArray,
  edit: Uint8ClampedArray,
  pixel: number,
): void {
  const x0 = base[pixel] ?? 0;
  const x1 = base[pixel + 1] ?? 0;
  const x2 = base[pixel + 2] ?? 0;
  const y0 = edit[pixel] ?? 0;
  const y1 = edit[pixel + 1] ?? 0;
  const y2 = edit[pixel + 2] ?? 0;
  sums[at] = (sums[at] ?? 0) + x0;
  sums[at + 1] = (sums[at + 1] ?? 0) + x1;
  sums[at + 2] = (sums[at + 2] ?? 0) + x2;
  sums[at + 3] = (sums[at + 3] ?? 0) + y0;
  sums[at + 4] = (sums[at + 4] ?? 0) + y1;
  sums[at + 5] = (sums[at + 5] ?? 0) + y2;
  sums[at + 6] = (sums[at + 6] ?? 0) + x0 * x0;
  sums[at + 7] = (sums[at + 7] ?? 0) + x0 * x1;
  sums[at + 8] = (sums[at + 8] ?? 0) + x0 * x2;
  sums[at + 9] = (sums[at + 9] ?? 0) + x1 * x1;
  sums[at + 10] = (sums[at + 10] ?? 0) + x1 * x2;
  sums[at + 11] = (sums[at + 11] ?? 0) + x2 * x2;
  sums[at + 12] = (sums[at + 12] ?? 0) + y0 * x0;
  sums[at + 13] = (sums[at + 13] ?? 0) + y0 * x1;
  sums[at + 14] = (sums[at + 14] ?? 0) + y0 * x2;
  sums[at + 15] = (sums[at + 15] ?? 0) + y1 * x0;
  sums[at + 16] = (sums[at + 16] ?? 0) + y1 * x1;
  sums[at + 17] = (sums[at + 17] ?? 0) + y1 * x2;
  sums[at + 18] = (sums[at + 18] ?? 0) + y2 * x0;
  sums[at + 19] = (sums[at + 19] ?? 0) + y2 * x1;
  sums[at + 20] = (sums[at + 20] ?? 0) + y2 * x2;
  sums[at + 21] = (sums[at + 21] ?? 0) + y0 * y0;
  sums[at + 22] = (sums[at + 22] ?? 0) + y1 * y1;
  sums[at + 23] = (sums[at + 23] ?? 0) + y2 * y2;
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
      addProducts(sums, block * SUMS, base.data, edit.data, (y * width + x) * 4);
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
    addColumn(sums, blocks.sums, block * SUMS);
    count += blocks.counts[block] ?? 0;
  }
  return { sums, count };
}

/** Sums of windows up to this radius fit 32 bits: (2 * 90 + 1)^2 * 255^2 < 2^31. */
const MOST_RADIUS = 90;

/**
 * Calls `visit` for every pixel, row by row, with the sums over its window of (2 radius + 1) squared, cut at the
 * picture's edges, and the number of pixels in it. Running sums: the time does not depend on the radius, and as all
 * are integers nothing drifts.
 */
export function forEachWindow(
  base: Pixels,
  edit: Pixels,
  radius: number,
  visit: (pixel: number, sums: Int32Array, count: number) => void,
): void {
  assert(radius <= MOST_RADIUS, `a window of radius ${radius}, ${MOST_RADIUS} at most`);
  const { width, height } = base;
  const columns = new Int32Array(width * SUMS);
  const none = new Int32Array(SUMS);
  const sums = new Int32Array(SUMS);
  for (let row = 0; row < Math.min(radius, height); row++) {
    slideDown(columns, base, edit, row, -1);
  }
  for (let y = 0; y < height; y++) {
    const entering = y + radius < height ? y + radius : -1;
    const leaving = y - radius - 1;
    slideDown(columns, base, edit, entering, leaving);
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    sums.fill(0);
    for (let x = 0; x < Math.min(radius, width); x++) {
      slideAcross(sums, columns, x * SUMS, none, 0);
    }
    for (let x = 0; x < width; x++) {
      const isEntering = x + radius < width;
      const isLeaving = x - radius > 0;
      slideAcross(
        sums,
        isEntering ? columns : none,
        isEntering ? (x + radius) * SUMS : 0,
        isLeaving ? columns : none,
        isLeaving ? (x - radius - 1) * SUMS : 0,
      );
      const across = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1;
      visit(y * width + x, sums, rows * across);
    }
  }
}

function slideAcross(
  sums: Int32Array,
  entering: Int32Array,
  enterAt: number,
  leaving: Int32Array,
  leaveAt: number,
): void {
  for (let i = 0; i < SUMS; i++) {
    sums[i] = ((sums[i] ?? 0) + (entering[enterAt + i] ?? 0) - (leaving[leaveAt + i] ?? 0)) | 0;
  }
}

/** One row more and one row less in the sums of each column; -1 = none. Both at once: the sums are touched once. */
function slideDown(
  columns: Int32Array,
  base: Pixels,
  edit: Pixels,
  entering: number,
  leaving: number,
): void {
  const { width, data: x } = base;
  const { data: y } = edit;
  const isEntering = entering >= 0;
  const isLeaving = leaving >= 0;
  const enterAt = isEntering ? entering * width * 4 : 0;
  const leaveAt = isLeaving ? leaving * width * 4 : 0;
  for (let column = 0; column < width; column++) {
    const p = enterAt + column * 4;
    const q = leaveAt + column * 4;
    // Zeros stand for a row that is not there.
    const a0 = isEntering ? (x[p] ?? 0) : 0;
    const a1 = isEntering ? (x[p + 1] ?? 0) : 0;
    const a2 = isEntering ? (x[p + 2] ?? 0) : 0;
    const b0 = isEntering ? (y[p] ?? 0) : 0;
    const b1 = isEntering ? (y[p + 1] ?? 0) : 0;
    const b2 = isEntering ? (y[p + 2] ?? 0) : 0;
    const c0 = isLeaving ? (x[q] ?? 0) : 0;
    const c1 = isLeaving ? (x[q + 1] ?? 0) : 0;
    const c2 = isLeaving ? (x[q + 2] ?? 0) : 0;
    const d0 = isLeaving ? (y[q] ?? 0) : 0;
    const d1 = isLeaving ? (y[q + 1] ?? 0) : 0;
    const d2 = isLeaving ? (y[q + 2] ?? 0) : 0;
    const at = column * SUMS;
    columns[at] = ((columns[at] ?? 0) + a0 - c0) | 0;
    columns[at + 1] = ((columns[at + 1] ?? 0) + a1 - c1) | 0;
    columns[at + 2] = ((columns[at + 2] ?? 0) + a2 - c2) | 0;
    columns[at + 3] = ((columns[at + 3] ?? 0) + b0 - d0) | 0;
    columns[at + 4] = ((columns[at + 4] ?? 0) + b1 - d1) | 0;
    columns[at + 5] = ((columns[at + 5] ?? 0) + b2 - d2) | 0;
    columns[at + 6] = ((columns[at + 6] ?? 0) + a0 * a0 - c0 * c0) | 0;
    columns[at + 7] = ((columns[at + 7] ?? 0) + a0 * a1 - c0 * c1) | 0;
    columns[at + 8] = ((columns[at + 8] ?? 0) + a0 * a2 - c0 * c2) | 0;
    columns[at + 9] = ((columns[at + 9] ?? 0) + a1 * a1 - c1 * c1) | 0;
    columns[at + 10] = ((columns[at + 10] ?? 0) + a1 * a2 - c1 * c2) | 0;
    columns[at + 11] = ((columns[at + 11] ?? 0) + a2 * a2 - c2 * c2) | 0;
    columns[at + 12] = ((columns[at + 12] ?? 0) + b0 * a0 - d0 * c0) | 0;
    columns[at + 13] = ((columns[at + 13] ?? 0) + b0 * a1 - d0 * c1) | 0;
    columns[at + 14] = ((columns[at + 14] ?? 0) + b0 * a2 - d0 * c2) | 0;
    columns[at + 15] = ((columns[at + 15] ?? 0) + b1 * a0 - d1 * c0) | 0;
    columns[at + 16] = ((columns[at + 16] ?? 0) + b1 * a1 - d1 * c1) | 0;
    columns[at + 17] = ((columns[at + 17] ?? 0) + b1 * a2 - d1 * c2) | 0;
    columns[at + 18] = ((columns[at + 18] ?? 0) + b2 * a0 - d2 * c0) | 0;
    columns[at + 19] = ((columns[at + 19] ?? 0) + b2 * a1 - d2 * c1) | 0;
    columns[at + 20] = ((columns[at + 20] ?? 0) + b2 * a2 - d2 * c2) | 0;
    columns[at + 21] = ((columns[at + 21] ?? 0) + b0 * b0 - d0 * d0) | 0;
    columns[at + 22] = ((columns[at + 22] ?? 0) + b1 * b1 - d1 * d1) | 0;
    columns[at + 23] = ((columns[at + 23] ?? 0) + b2 * b2 - d2 * d2) | 0;
  }
}

function addColumn(sums: Float64Array, columns: Float64Array, at: number): void {
  for (let i = 0; i < SUMS; i++) {
    sums[i] = (sums[i] ?? 0) + (columns[at + i] ?? 0);
  }
}
