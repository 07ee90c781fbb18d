import { assert } from '../../../base/assert.ts';
import type { Pixels } from '../../pixels.ts';
import { fitWholePicture } from '../detail/detail.cpu.ts';

/** Side of the blocks in which blotches are smoothed: half a latent cell of a model that shrinks by 8. */
const BLOCK = 4;
/** Reach of the smoothing, in blocks. */
const REACH = 6;
/** Gauss widths: of distance in blocks, of the change in levels, of the base's colour in levels. */
const SIGMA = { distance: 3, change: 20, base: 28 } as const;
/** Half size of the window in which fine energy is measured, in pixels. */
const FINE_REACH = 2;
/** Energy (squared levels, three channels) of fine change that counts as noise of sampling and decoding. */
const FINE_NOISE = 3 * 6 * 6;

type Planes = {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly values: Float32Array;
};

/**
 * The edit without the mottle that few sampling steps leave. What a whole-picture colour map of the base does not explain is
 * the local change; of it, wide blotches are smoothed by a joint bilateral filter on block means (Tomasi and Manduchi
 * 1998, guided by the base as in Petschnigg 2004), and fine texture under the noise level is shrunk (Wiener). Edges of
 * the base, jumps of the change and strong structure (flakes, lines) stay. `base` and `edit`: decoded pictures at model
 * size. An edit that equals its base comes back unchanged, byte for byte.
 */
export function settleEdit(base: Pixels, edit: Pixels): Pixels {
  const { width, height } = base;
  assert(edit.width === width && edit.height === height, 'base and edit differ in size');
  const mapped = mapWhole(base, edit);
  const change = { width, height, values: new Float32Array(width * height * 3) };
  forEachValue(width * height, (from, to) => {
    change.values[to] = (edit.data[from] ?? 0) - (mapped[to] ?? 0);
  });
  const means = blockMeans(change);
  const smooth = bilateral(means, blockMeans(toPlanes(base)));
  const rough = enlarge(means, width, height);
  const calm = enlarge(smooth, width, height);
  const fine = new Float32Array(change.values.length);
  for (let i = 0; i < fine.length; i++) {
    fine[i] = (change.values[i] ?? 0) - (rough[i] ?? 0);
  }
  const gains = fineGains(fine, width, height);
  const data = new Uint8ClampedArray(edit.data.length);
  forEachValue(width * height, (from, to, pixel) => {
    data[from] = (mapped[to] ?? 0) + (calm[to] ?? 0) + (gains[pixel] ?? 0) * (fine[to] ?? 0);
  });
  for (let at = 3; at < data.length; at += 4) {
    data[at] = 255;
  }
  return { width, height, data };
}

/** Calls back with the index of a colour value in RGBA bytes, in planes of three, and of its pixel. */
function forEachValue(
  pixels: number,
  each: (from: number, to: number, pixel: number) => void,
): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    each(pixel * 4, pixel * 3, pixel);
    each(pixel * 4 + 1, pixel * 3 + 1, pixel);
    each(pixel * 4 + 2, pixel * 3 + 2, pixel);
  }
}

function toPlanes({ width, height, data }: Pixels): Planes {
  const values = new Float32Array(width * height * 3);
  forEachValue(width * height, (from, to) => {
    values[to] = data[from] ?? 0;
  });
  return { width, height, values };
}

function meanColour({ data }: Pixels): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    sum[0] += data[at] ?? 0;
    sum[1] += data[at + 1] ?? 0;
    sum[2] += data[at + 2] ?? 0;
  }
  const pixels = data.length / 4;
  return [sum[0] / pixels, sum[1] / pixels, sum[2] / pixels];
}

/** The base through the colour map that fits the whole picture best, [pixels, 3]. */
function mapWhole(base: Pixels, edit: Pixels): Float32Array {
  const matrix = fitWholePicture(base, edit);
  const from = meanColour(base);
  const to = meanColour(edit);
  const mapped = new Float32Array((base.data.length / 4) * 3);
  for (let pixel = 0; pixel * 4 < base.data.length; pixel++) {
    const r = (base.data[pixel * 4] ?? 0) - from[0];
    const g = (base.data[pixel * 4 + 1] ?? 0) - from[1];
    const b = (base.data[pixel * 4 + 2] ?? 0) - from[2];
    for (let row = 0; row < 3; row++) {
      const at = row * 3;
      mapped[pixel * 3 + row] =
        (to[row] ?? 0) +
        (matrix[at] ?? 0) * r +
        (matrix[at + 1] ?? 0) * g +
        (matrix[at + 2] ?? 0) * b;
    }
  }
  return mapped;
}

function blockMeans({ width, height, values }: Planes): Planes {
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const means = new Float32Array(columns * rows * 3);
  const counts = new Float32Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
      const at = (y * width + x) * 3;
      counts[block] = (counts[block] ?? 0) + 1;
      for (let c = 0; c < 3; c++) {
        means[block * 3 + c] = (means[block * 3 + c] ?? 0) + (values[at + c] ?? 0);
      }
    }
  }
  for (let i = 0; i < means.length; i++) {
    means[i] = (means[i] ?? 0) / (counts[Math.floor(i / 3)] ?? 1);
  }
  return { width: columns, height: rows, values: means };
}

function squaredDistance(values: Float32Array, a: number, b: number): number {
  const r = (values[a] ?? 0) - (values[b] ?? 0);
  const g = (values[a + 1] ?? 0) - (values[b + 1] ?? 0);
  const c = (values[a + 2] ?? 0) - (values[b + 2] ?? 0);
  return r * r + g * g + c * c;
}

/** Smooths `change` where the change itself and the base's colour are alike. */
function bilateral(change: Planes, base: Planes): Planes {
  const { width, height, values } = change;
  const output = new Float32Array(values.length);
  const near = 1 / (2 * SIGMA.distance ** 2);
  const like = 1 / (2 * SIGMA.change ** 2);
  const same = 1 / (2 * SIGMA.base ** 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = (y * width + x) * 3;
      let [r, g, b, sum] = [0, 0, 0, 0];
      for (let v = Math.max(0, y - REACH); v <= Math.min(height - 1, y + REACH); v++) {
        for (let u = Math.max(0, x - REACH); u <= Math.min(width - 1, x + REACH); u++) {
          const there = (v * width + u) * 3;
          const weight = Math.exp(
            -near * ((u - x) ** 2 + (v - y) ** 2) -
              like * squaredDistance(values, here, there) -
              same * squaredDistance(base.values, here, there),
          );
          r += weight * (values[there] ?? 0);
          g += weight * (values[there + 1] ?? 0);
          b += weight * (values[there + 2] ?? 0);
          sum += weight;
        }
      }
      output[here] = r / sum;
      output[here + 1] = g / sum;
      output[here + 2] = b / sum;
    }
  }
  return { width, height, values: output };
}

/** Block values interpolated between block centres, [height, width, 3]. */
function enlarge(blocks: Planes, width: number, height: number): Float32Array {
  const output = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const v = Math.min(blocks.height - 1, Math.max(0, (y + 0.5) / BLOCK - 0.5));
    const top = Math.floor(v) * blocks.width;
    const bottom = Math.ceil(v) * blocks.width;
    const down = v - Math.floor(v);
    for (let x = 0; x < width; x++) {
      const u = Math.min(blocks.width - 1, Math.max(0, (x + 0.5) / BLOCK - 0.5));
      const left = Math.floor(u);
      const right = Math.ceil(u);
      const along = u - left;
      for (let c = 0; c < 3; c++) {
        const at = (cell: number): number => blocks.values[cell * 3 + c] ?? 0;
        const above = at(top + left) + along * (at(top + right) - at(top + left));
        const below = at(bottom + left) + along * (at(bottom + right) - at(bottom + left));
        output[(y * width + x) * 3 + c] = above + down * (below - above);
      }
    }
  }
  return output;
}

/** Per pixel 0 to 1: how much of the fine change around it is above the noise. */
function fineGains(fine: Float32Array, width: number, height: number): Float32Array {
  const energy = new Float32Array(width * height);
  for (let pixel = 0; pixel < energy.length; pixel++) {
    const [r, g, b] = [fine[pixel * 3] ?? 0, fine[pixel * 3 + 1] ?? 0, fine[pixel * 3 + 2] ?? 0];
    energy[pixel] = r * r + g * g + b * b;
  }
  const gains = new Float32Array(energy.length);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - FINE_REACH), Math.min(height - 1, y + FINE_REACH)];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - FINE_REACH), Math.min(width - 1, x + FINE_REACH)];
      let sum = 0;
      for (let v = top; v <= bottom; v++) {
        for (let u = left; u <= right; u++) {
          sum += energy[v * width + u] ?? 0;
        }
      }
      const mean = sum / ((bottom - top + 1) * (right - left + 1));
      gains[y * width + x] = mean > FINE_NOISE ? 1 - FINE_NOISE / mean : 0;
    }
  }
  return gains;
}
