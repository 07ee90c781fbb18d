import { assert } from '../../../base/assert.ts';
import type { Pixels } from '../../pixels.ts';
import { boxMean } from '../box-mean.ts';
import { fitWholePicture } from '../detail/detail.cpu.ts';

/** A frame's edit, and its source through the same encoder and decoder: what changed between two bases is the scene. */
export type EditedPair = { readonly base: Pixels; readonly edited: Pixels };

/** Half size of the window in which two bases are compared, in pixels. */
const REACH = 3;
/** Gauss width of the difference of two bases, in levels: compression and noise stay below, motion lies above. */
const SIGMA = 5;
/** Neighbours that weigh less than this are as good as absent. */
const LEAST_WEIGHT = 0.02;

/**
 * The edit of a frame without the flicker that editing frames one by one leaves: where the scene stands still, the mean
 * over the neighbours' edits (frames near it in time, and anchors); where it moves, the frame's own. Before a neighbour is
 * averaged, what its base has over this frame's is taken off it as the edit would show it (one colour map of the whole
 * picture), so changes of light and grain of the source itself stay. Of n frames that stand still, n times less flicker is
 * left between one frame and the next. An edit that equals its base comes back unchanged, byte for byte.
 */
export function steadyEdit(pair: EditedPair, neighbours: readonly EditedPair[]): Pixels {
  const { base, edited } = pair;
  const { width, height } = base;
  if (neighbours.length === 0) {
    return edited;
  }
  const matrix = Float32Array.from(fitWholePicture(base, edited));
  const sums = Float32Array.from(edited.data);
  const weights = new Float32Array(width * height).fill(1);
  for (const neighbour of neighbours) {
    assert(
      neighbour.base.width === width && neighbour.base.height === height,
      'neighbours differ in size',
    );
    addNeighbour(sums, weights, pair, neighbour, matrix);
  }
  const data = new Uint8ClampedArray(edited.data.length);
  for (let pixel = 0; pixel < weights.length; pixel++) {
    const share = 1 / (weights[pixel] ?? 1);
    for (let at = pixel * 4; at < pixel * 4 + 3; at++) {
      data[at] = (sums[at] ?? 0) * share;
    }
    data[pixel * 4 + 3] = 255;
  }
  return { width, height, data };
}

function addNeighbour(
  sums: Float32Array,
  weights: Float32Array,
  { base }: EditedPair,
  neighbour: EditedPair,
  matrix: Float32Array,
): void {
  const [here, there, edit] = [base.data, neighbour.base.data, neighbour.edited.data];
  const [m0 = 0, m1 = 0, m2 = 0, m3 = 0, m4 = 0, m5 = 0, m6 = 0, m7 = 0, m8 = 0] = matrix;
  const apart = boxMean(squaredDifference(here, there), base.width, base.height, REACH);
  const scale = -1 / (2 * 3 * SIGMA * SIGMA);
  for (let pixel = 0; pixel < weights.length; pixel++) {
    const weight = Math.exp(scale * (apart[pixel] ?? 0));
    if (weight < LEAST_WEIGHT) {
      continue;
    }
    const at = pixel * 4;
    const r = (there[at] ?? 0) - (here[at] ?? 0);
    const g = (there[at + 1] ?? 0) - (here[at + 1] ?? 0);
    const b = (there[at + 2] ?? 0) - (here[at + 2] ?? 0);
    sums[at] = (sums[at] ?? 0) + weight * ((edit[at] ?? 0) - m0 * r - m1 * g - m2 * b);
    sums[at + 1] = (sums[at + 1] ?? 0) + weight * ((edit[at + 1] ?? 0) - m3 * r - m4 * g - m5 * b);
    sums[at + 2] = (sums[at + 2] ?? 0) + weight * ((edit[at + 2] ?? 0) - m6 * r - m7 * g - m8 * b);
    weights[pixel] = (weights[pixel] ?? 0) + weight;
  }
}

/** Of RGBA bytes, summed over the three colours; one value a pixel. */
function squaredDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): Float32Array {
  const output = new Float32Array(a.length / 4);
  for (let pixel = 0; pixel < output.length; pixel++) {
    const at = pixel * 4;
    const r = (a[at] ?? 0) - (b[at] ?? 0);
    const g = (a[at + 1] ?? 0) - (b[at + 1] ?? 0);
    const c = (a[at + 2] ?? 0) - (b[at + 2] ?? 0);
    output[pixel] = r * r + g * g + c * c;
  }
  return output;
}
