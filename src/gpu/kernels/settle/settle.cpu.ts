import { assert } from '../../../base/assert.ts';
import type { Pixels } from '../../pixels.ts';
import { boxMean } from '../box-mean.ts';
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

/** Gauss weights of the distances between blocks, [REACH + 1, 2 * REACH + 1]: rows down from a block, columns across it. */
function nearness(): Float64Array {
  const side = 2 * REACH + 1;
  const weights = new Float64Array((REACH + 1) * side);
  for (let v = 0; v <= REACH; v++) {
    for (let u = -REACH; u <= REACH; u++) {
      weights[v * side + u + REACH] = -(u * u + v * v) / (2 * SIGMA.distance ** 2);
    }
  }
  return weights;
}

const NEARNESS = nearness();

/** Smooths `change` where the change itself and the base's colour are alike. */
function bilateral(change: Planes, base: Planes): Planes {
  const { width, height, values } = change;
  const guide = base.values;
  const like = -1 / (2 * SIGMA.change ** 2);
  const same = -1 / (2 * SIGMA.base ** 2);
  const sums = Float64Array.from(values);
  const weights = new Float64Array(width * height).fill(1);
  // A pair of blocks has one weight, so each is visited from its upper left one alone.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = y * width + x;
      const here = block * 3;
      const [r = 0, g = 0, b = 0] = [values[here], values[here + 1], values[here + 2]];
      const [p = 0, q = 0, s = 0] = [guide[here], guide[here + 1], guide[here + 2]];
      for (let v = 0; v <= REACH && y + v < height; v++) {
        const first = v === 0 ? 1 : Math.max(-REACH, -x);
        for (let u = first; u <= REACH && x + u < width; u++) {
          const other = block + v * width + u;
          const there = other * 3;
          const [dr, dg, db] = [
            (values[there] ?? 0) - r,
            (values[there + 1] ?? 0) - g,
            (values[there + 2] ?? 0) - b,
          ];
          const [dp, dq, ds] = [
            (guide[there] ?? 0) - p,
            (guide[there + 1] ?? 0) - q,
            (guide[there + 2] ?? 0) - s,
          ];
          const weight = Math.exp(
            (NEARNESS[v * (2 * REACH + 1) + u + REACH] ?? 0) +
              like * (dr * dr + dg * dg + db * db) +
              same * (dp * dp + dq * dq + ds * ds),
          );
          sums[here] = (sums[here] ?? 0) + weight * (r + dr);
          sums[here + 1] = (sums[here + 1] ?? 0) + weight * (g + dg);
          sums[here + 2] = (sums[here + 2] ?? 0) + weight * (b + db);
          sums[there] = (sums[there] ?? 0) + weight * r;
          sums[there + 1] = (sums[there + 1] ?? 0) + weight * g;
          sums[there + 2] = (sums[there + 2] ?? 0) + weight * b;
          weights[block] = (weights[block] ?? 0) + weight;
          weights[other] = (weights[other] ?? 0) + weight;
        }
      }
    }
  }
  const output = new Float32Array(values.length);
  for (let i = 0; i < output.length; i++) {
    output[i] = (sums[i] ?? 0) / (weights[Math.floor(i / 3)] ?? 1);
  }
  return { width, height, values: output };
}

/** Block values interpolated between block centres, [height, width, 3]. */
function enlarge(blocks: Planes, width: number, height: number): Float32Array {
  const { values } = blocks;
  const output = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const v = Math.min(blocks.height - 1, Math.max(0, (y + 0.5) / BLOCK - 0.5));
    const top = Math.floor(v) * blocks.width;
    const bottom = Math.ceil(v) * blocks.width;
    const down = v - Math.floor(v);
    for (let x = 0; x < width; x++) {
      const u = Math.min(blocks.width - 1, Math.max(0, (x + 0.5) / BLOCK - 0.5));
      const [left, right] = [Math.floor(u), Math.ceil(u)];
      const along = u - left;
      const [a, b] = [(top + left) * 3, (top + right) * 3];
      const [c, d] = [(bottom + left) * 3, (bottom + right) * 3];
      const to = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const p = values[a + channel] ?? 0;
        const q = values[c + channel] ?? 0;
        const above = p + along * ((values[b + channel] ?? 0) - p);
        const below = q + along * ((values[d + channel] ?? 0) - q);
        output[to + channel] = above + down * (below - above);
      }
    }
  }
  return output;
}

/** Per pixel 0 to 1: how much of the fine change around it is above the noise. */
function fineGains(fine: Float32Array, width: number, height: number): Float32Array {
  const energy = new Float32Array(width * height);
  for (let pixel = 0; pixel < energy.length; pixel++) {
    const [r = 0, g = 0, b = 0] = [fine[pixel * 3], fine[pixel * 3 + 1], fine[pixel * 3 + 2]];
    energy[pixel] = r * r + g * g + b * b;
  }
  return boxMean(energy, width, height, FINE_REACH).map((mean) =>
    mean > FINE_NOISE ? 1 - FINE_NOISE / mean : 0,
  );
}
