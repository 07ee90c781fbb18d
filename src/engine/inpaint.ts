import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

/** What inpainting models take as painted: area means from here on. */
const PAINTED = 0.5;

/** Soft mask values as 1 (paint here) and 0, 1 from one half on; without a mask `count` times 1. */
export function paintedPlaces(mask: Float32Array | null, count: number): Float32Array<ArrayBuffer> {
  return mask === null
    ? new Float32Array(count).fill(1)
    : Float32Array.from(mask, (value) => (value >= PAINTED ? 1 : 0));
}

/**
 * Pictures [frames, 3, h, w] with mid-grey where `places` [frames, 1, h, w] is 1: what diffusers' inpainting pipeline
 * encodes beside the mask. The caller owns the result.
 */
export async function coverPictures(
  runtime: TensorRuntime,
  images: Tensor,
  places: Tensor,
  range: readonly [number, number],
): Promise<Tensor> {
  const count = images.shape.reduce((product, side) => product * side, 1);
  const middle = new Float32Array(count).fill((range[0] + range[1]) / 2);
  const grey = runtime.upload(middle, images.shape, 'f32');
  try {
    return await runtime.mix(images, grey, places);
  } finally {
    grey.dispose();
  }
}
