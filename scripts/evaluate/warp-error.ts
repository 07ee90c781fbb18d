import { planModelSize } from '../../src/diffusion/model-size.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import { WarpErrorMeter, type WarpError } from '../../src/diffusion/metrics/warp-error.ts';
import { resizePicture } from '../../src/gpu/kernels/resize/resize.cpu.ts';
import { AppError } from '../../src/base/error.ts';
import { createFarneback } from './farneback.ts';

type Frames = Iterable<Picture> | AsyncIterable<Picture>;

/** The stride of the shipped packages. */
const STRIDE = 32;

/** The picture as a model with sizes of `size` sees it (contracts: an area of about size x size, aspect kept). */
export function toModelSize(picture: Picture, size: number): Picture {
  const data = new Uint8ClampedArray(picture.data);
  return resizePicture({ ...picture, data }, planModelSize(picture, size, STRIDE));
}

/**
 * Warp error of an edited sequence against its source's flow, frame by frame in flat memory. Both sequences have the
 * same frames in the same order and one size; with `size` they are scaled to that model size first, without they are
 * taken to have it. Throws `evaluate/mismatch` where one sequence ends first, `evaluate/no-motion` where nothing can be compared.
 */
export async function measureWarpError(
  source: Frames,
  edited: Frames,
  size?: number,
): Promise<WarpError> {
  const scale = (picture: Picture) => (size === undefined ? picture : toModelSize(picture, size));
  const farneback = await createFarneback();
  try {
    const meter = new WarpErrorMeter((frame, next) => farneback.estimate(frame, next));
    for await (const [before, after] of inStep(source, edited)) {
      meter.push(scale(before), scale(after));
    }
    return meter.result();
  } finally {
    farneback.dispose();
  }
}

/** Both sequences frame by frame. Throws `evaluate/mismatch` where one ends first; closes both in any case. */
export async function* inStep<A, B>(
  first: Iterable<A> | AsyncIterable<A>,
  second: Iterable<B> | AsyncIterable<B>,
): AsyncGenerator<[A, B]> {
  const others = iterate(second);
  try {
    let count = 0;
    for await (const value of first) {
      const other = await others.next();
      if (other.done === true) {
        throw new AppError('evaluate/mismatch', `The edited one ends after ${count} frames.`);
      }
      yield [value, other.value];
      count++;
    }
    if ((await others.next()).done !== true) {
      throw new AppError('evaluate/mismatch', `The source ends after ${count} frames.`);
    }
  } finally {
    await others.return(undefined);
  }
}

async function* iterate<T>(values: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield* values;
}
