import { assert } from '../../../base/assert.ts';
import type { Size } from '../../../base/units.ts';
import { createPixels, type Pixels } from '../../pixels.ts';
import { tapsOf, type Taps } from './resample-taps.ts';

/**
 * A picture at another size, in its 8-bit values as they are (no gamma): area mean along an axis that shrinks, linear
 * along one that grows. Alpha is 255.
 */
export function resizePicture(picture: Pixels, size: Size): Pixels {
  const output = createPixels(size);
  if (picture.width === size.width && picture.height === size.height) {
    output.data.set(picture.data);
    return output;
  }
  resample({ ...picture, channels: 4 }, size, (row, values) => {
    const at = row * size.width * 4;
    for (let i = 0; i < values.length; i += 4) {
      // Halves go up, as in the shader; the clamped array alone would round them to even.
      output.data[at + i] = Math.floor((values[i] ?? 0) + 0.5);
      output.data[at + i + 1] = Math.floor((values[i + 1] ?? 0) + 0.5);
      output.data[at + i + 2] = Math.floor((values[i + 2] ?? 0) + 0.5);
      output.data[at + i + 3] = 255;
    }
  });
  return output;
}

/** The same as float planes [3, height, width], bytes 0 and 255 at the ends of `range`, not rounded. */
export function resizeToPlanes(
  picture: Pixels,
  size: Size,
  range: readonly [number, number],
): Float32Array<ArrayBuffer> {
  const area = size.width * size.height;
  const planes = new Float32Array(3 * area);
  const [low, high] = range;
  const scale = (high - low) / 255;
  resample({ ...picture, channels: 4 }, size, (row, values) => {
    const at = row * size.width;
    for (let x = 0; x < size.width; x++) {
      planes[at + x] = low + scale * (values[x * 4] ?? 0);
      planes[at + x + area] = low + scale * (values[x * 4 + 1] ?? 0);
      planes[at + x + 2 * area] = low + scale * (values[x * 4 + 2] ?? 0);
    }
  });
  return planes;
}

/** A mask (one byte per pixel) at another size, as `resizePicture` does it; values 0 to 255, not rounded. */
export function resizeMask(
  mask: Uint8Array | Uint8ClampedArray,
  from: Size,
  to: Size,
): Float32Array<ArrayBuffer> {
  const output = new Float32Array(to.width * to.height);
  resample({ ...from, data: mask, channels: 1 }, to, (row, values) => {
    output.set(values, row * to.width);
  });
  return output;
}

type Planar = Size & { readonly data: ArrayLike<number>; readonly channels: 1 | 4 };

/** Hands out the rows of the resampled picture, top down; `values` is used again for the next row. */
function resample(
  input: Planar,
  size: Size,
  emit: (row: number, values: Float32Array) => void,
): void {
  const { width, height, channels, data } = input;
  assert(
    data.length === width * height * channels,
    `${data.length} bytes for ${width} x ${height} pixels`,
  );
  assert(size.width > 0 && size.height > 0, `resize to ${size.width} x ${size.height}`);
  const across = tapsOf(width, size.width);
  const down = tapsOf(height, size.height);
  const length = size.width * channels;
  // The rows of the narrowed picture that are still needed, by row number modulo the ring's size.
  const ring = Array.from({ length: down.most }, () => new Float32Array(length));
  const sum = new Float32Array(length);
  const narrow = channels === 4 ? narrowPixels : narrowBytes;
  let made = 0;
  for (let row = 0; row < size.height; row++) {
    const first = down.starts[row] ?? 0;
    const count = down.counts[row] ?? 0;
    made = Math.max(made, first);
    for (; made < first + count; made++) {
      narrow(data, made * width, across, ring[made % down.most] ?? sum);
    }
    sum.fill(0);
    for (let tap = 0; tap < count; tap++) {
      addScaled(
        sum,
        ring[(first + tap) % down.most] ?? sum,
        down.weights[row * down.most + tap] ?? 0,
      );
    }
    emit(row, sum);
  }
}

function addScaled(sum: Float32Array, values: Float32Array, weight: number): void {
  for (let i = 0; i < sum.length; i++) {
    sum[i] = (sum[i] ?? 0) + weight * (values[i] ?? 0);
  }
}

function narrowPixels(
  data: ArrayLike<number>,
  row: number,
  taps: Taps,
  output: Float32Array,
): void {
  const { starts, counts, weights, most } = taps;
  for (let x = 0; x < starts.length; x++) {
    const count = counts[x] ?? 0;
    let at = (row + (starts[x] ?? 0)) * 4;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = weights[x * most + tap] ?? 0;
      red += weight * (data[at] ?? 0);
      green += weight * (data[at + 1] ?? 0);
      blue += weight * (data[at + 2] ?? 0);
      at += 4;
    }
    output[x * 4] = red;
    output[x * 4 + 1] = green;
    output[x * 4 + 2] = blue;
  }
}

function narrowBytes(data: ArrayLike<number>, row: number, taps: Taps, output: Float32Array): void {
  const { starts, counts, weights, most } = taps;
  for (let x = 0; x < starts.length; x++) {
    const count = counts[x] ?? 0;
    const at = row + (starts[x] ?? 0);
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      sum += (weights[x * most + tap] ?? 0) * (data[at + tap] ?? 0);
    }
    output[x] = sum;
  }
}
