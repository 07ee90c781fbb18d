import { assert } from '../../../base/assert.ts';
import type { Pixels } from '../../pixels.ts';
import { boxMean } from '../box-mean.ts';
import { createFit, fitColours, fitPrior, IDENTITY, SUMS, trustOf } from './colour-fit.ts';
import {
  BLOCK,
  COEFFICIENTS,
  RESIDUAL_FLOOR,
  RIDGES,
  windowsOf,
  type DetailMap,
} from './detail-map.ts';
import { blockSums, forEachWindow, totalOf, widen, type BlockSums } from './window-sums.ts';

/** The colour map of the whole picture (3 x 3): what the other fits lean on, and what the shader is given. */
export function fitWholePicture(base: Pixels, edit: Pixels): Float64Array {
  return fitWhole(blockSums(base, edit));
}

function fitWhole(blocks: BlockSums): Float64Array {
  const fit = createFit();
  const { sums, count } = totalOf(blocks);
  fitPrior(fit, sums, count, IDENTITY, RIDGES.whole);
  return fit.matrix;
}

/** Colour maps (3 x 3) of the surroundings of each block, leaning on that of the whole picture. */
function fitWide(blocks: BlockSums, radius: number): Float32Array {
  const whole = fitWhole(blocks);
  const wide = widen(blocks, radius);
  const fit = createFit();
  const grid = new Float32Array(blocks.counts.length * 9);
  for (let block = 0; block < blocks.counts.length; block++) {
    const sums = wide.sums.subarray(block * SUMS, (block + 1) * SUMS);
    fitPrior(fit, sums, wide.counts[block] ?? 0, whole, RIDGES.wide);
    grid.set(fit.matrix, block * 9);
  }
  return grid;
}

/**
 * How the source's detail goes through an edit. `base`: the source after the model's encoder and decoder; `edit`: the
 * edit after the decoder, same size. Around each pixel the edit is fitted as an affine map of the base's colours
 * (guided-filter style local regression, He et al. 2010, with a colour guide); where that explains the edit, the map
 * also holds for detail that neither picture has. Where structure changed, the weight falls to 0 and the edit itself
 * is shown. `detail` (0 to 1) scales the weight. Laws: the edit equal to the base gives identity and offset 0 exactly;
 * an affine change of all colours applies to the detail as well.
 */
export function fitDetail(base: Pixels, edit: Pixels, detail: number): DetailMap {
  const { width, height } = base;
  assert(
    edit.width === width && edit.height === height,
    `an edit of ${edit.width} x ${edit.height} for a base of ${width} x ${height}`,
  );
  const windows = windowsOf(width, height);
  const area = width * height;
  const fit = createFit();
  const blocks = blockSums(base, edit);
  const grid = fitWide(blocks, windows.wide);
  const across = gridAxis(width, blocks.columns);
  const down = gridAxis(height, blocks.rows);
  const gains = new Float32Array(area * 9);
  const residual = new Float32Array(area);
  const explained = new Float32Array(area);
  const prior = new Float64Array(9);
  forEachWindow(base, edit, windows.near, (pixel, sums, count) => {
    const x = pixel % width;
    const y = (pixel - x) / width;
    samplePrior(prior, grid, blocks.columns, across, x, down, y);
    fitColours(fit, sums, count, prior, RIDGES.near);
    for (let i = 0; i < 9; i++) {
      gains[pixel * 9 + i] = fit.matrix[i] ?? 0;
    }
    explained[pixel] = fit.explained;
    residual[pixel] = residualEnergy(fit, base.data, edit.data, pixel * 4);
  });
  const energy = boxMean(residual, width, height, windows.residual);
  for (let pixel = 0; pixel < area; pixel++) {
    const weight = detail * trustOf(explained[pixel] ?? 0, energy[pixel] ?? 0, RESIDUAL_FLOOR);
    for (let i = 0; i < 9; i++) {
      gains[pixel * 9 + i] = weight * (gains[pixel * 9 + i] ?? 0);
    }
  }
  return withOffsets(smooth(gains, width, height), base, edit);
}

function residualEnergy(
  fit: ReturnType<typeof createFit>,
  base: Uint8ClampedArray,
  edit: Uint8ClampedArray,
  at: number,
): number {
  const { matrix, meanX, meanY } = fit;
  const x0 = (base[at] ?? 0) - (meanX[0] ?? 0);
  const x1 = (base[at + 1] ?? 0) - (meanX[1] ?? 0);
  const x2 = (base[at + 2] ?? 0) - (meanX[2] ?? 0);
  let energy = 0;
  for (let row = 0; row < 3; row++) {
    const y = (edit[at + row] ?? 0) - (meanY[row] ?? 0);
    const a0 = matrix[row * 3] ?? 0;
    const a1 = matrix[row * 3 + 1] ?? 0;
    const a2 = matrix[row * 3 + 2] ?? 0;
    const left = y - (a0 * x0 + a1 * x1 + a2 * x2);
    energy += left * left;
  }
  return energy;
}

type GridAxis = { readonly first: Int32Array; readonly share: Float32Array };

/** For each pixel the block centre before it and the share of the next one. */
function gridAxis(pixels: number, blocks: number): GridAxis {
  const axis = { first: new Int32Array(pixels), share: new Float32Array(pixels) };
  for (let i = 0; i < pixels; i++) {
    const at = Math.min(blocks - 1, Math.max(0, (i + 0.5) / BLOCK - 0.5));
    axis.first[i] = Math.floor(at);
    axis.share[i] = at - Math.floor(at);
  }
  return axis;
}

function samplePrior(
  prior: Float64Array,
  grid: Float32Array,
  columns: number,
  across: GridAxis,
  x: number,
  down: GridAxis,
  y: number,
): void {
  const shareX = across.share[x] ?? 0;
  const shareY = down.share[y] ?? 0;
  const right = shareX === 0 ? 0 : 9;
  const below = shareY === 0 ? 0 : columns * 9;
  const at = ((down.first[y] ?? 0) * columns + (across.first[x] ?? 0)) * 9;
  for (let i = 0; i < 9; i++) {
    const above = mix(grid[at + i] ?? 0, grid[at + right + i] ?? 0, shareX);
    const under = mix(grid[at + below + i] ?? 0, grid[at + below + right + i] ?? 0, shareX);
    prior[i] = mix(above, under, shareY);
  }
}

function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}

/** 1 4 6 4 1 both ways, edges repeated: no box shows, and weights that are powers of two keep a constant exact. */
function smooth(gains: Float32Array, width: number, height: number): Float32Array {
  const rows = new Float32Array(gains.length);
  blurAlong(gains, rows, { lines: height, lineStep: width * 9, length: width, step: 9 });
  blurAlong(rows, gains, { lines: width, lineStep: 9, length: height, step: width * 9 });
  return gains;
}

type Axis = { lines: number; lineStep: number; length: number; step: number };

function blurAlong(input: Float32Array, output: Float32Array, axis: Axis): void {
  const { length, step } = axis;
  const last = (length - 1) * step;
  for (let line = 0; line < axis.lines; line++) {
    const begin = line * axis.lineStep;
    for (let i = 0; i <= last; i += step) {
      const a = begin + Math.max(0, i - 2 * step);
      const b = begin + Math.max(0, i - step);
      const c = begin + i;
      const d = begin + Math.min(last, i + step);
      const e = begin + Math.min(last, i + 2 * step);
      for (let k = 0; k < 9; k++) {
        const outer = (input[a + k] ?? 0) + (input[e + k] ?? 0);
        const inner = (input[b + k] ?? 0) + (input[d + k] ?? 0);
        output[c + k] = (outer + 4 * inner + 6 * (input[c + k] ?? 0)) / 16;
      }
    }
  }
}

function withOffsets(gains: Float32Array, base: Pixels, edit: Pixels): DetailMap {
  const { width, height } = base;
  const coefficients = new Float32Array(width * height * COEFFICIENTS);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const x0 = base.data[pixel * 4] ?? 0;
    const x1 = base.data[pixel * 4 + 1] ?? 0;
    const x2 = base.data[pixel * 4 + 2] ?? 0;
    for (let row = 0; row < 3; row++) {
      const from = pixel * 9 + row * 3;
      const [a0, a1, a2] = [gains[from] ?? 0, gains[from + 1] ?? 0, gains[from + 2] ?? 0];
      const to = pixel * COEFFICIENTS + row * 4;
      coefficients[to] = a0;
      coefficients[to + 1] = a1;
      coefficients[to + 2] = a2;
      coefficients[to + 3] = (edit.data[pixel * 4 + row] ?? 0) - (a0 * x0 + a1 * x1 + a2 * x2);
    }
  }
  return { width, height, coefficients };
}
