import { AppError } from '../base/error.ts';
import type { Size } from '../base/units.ts';
import type { Picture } from '../protocol/media.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

type Range = readonly [number, number];

/** Below this deviation (of 1) a picture is one flat colour. */
const FLAT = 1e-4;
/** Decoded pictures may overshoot their range, but never by as much. */
const FAR_OUT = 4;

/** RGBA pictures of one size to planes [n, 3, height, width] in the package's image range. */
export function uploadPictures(
  runtime: TensorRuntime,
  pictures: readonly Picture[],
  range: Range,
): Tensor {
  const { width, height } = pictures[0] ?? { width: 0, height: 0 };
  const area = width * height;
  const values = new Float32Array(pictures.length * 3 * area);
  const [low, high] = range;
  const scale = (high - low) / 255;
  pictures.forEach(({ data }, n) => {
    for (let channel = 0; channel < 3; channel++) {
      const at = (n * 3 + channel) * area;
      for (let i = 0; i < area; i++) {
        values[at + i] = low + scale * (data[i * 4 + channel] ?? 0);
      }
    }
  });
  return runtime.upload(values, [pictures.length, 3, height, width], 'f32');
}

/** The first `count` decoded images as pictures. */
export async function downloadPictures(
  runtime: TensorRuntime,
  images: Tensor,
  range: Range,
  size: Size,
  count: number,
): Promise<Picture[]> {
  const arrays = await runtime.toPictures(images, range);
  return arrays.slice(0, count).map((data) => ({ width: size.width, height: size.height, data }));
}

/**
 * Throws `engine/bad-output` where a decoded image is not finite, far out of range, or one flat colour while its source is
 * not (`flat`, one per frame). Bad pictures are never shown or stored.
 */
export async function checkImages(
  runtime: TensorRuntime,
  images: Tensor,
  flat: readonly boolean[],
  frames: readonly number[],
  range: Range,
): Promise<void> {
  const width = range[1] - range[0];
  const moments = await runtime.moments(images);
  frames.forEach((frame, i) => {
    const { mean = NaN, std = NaN } = moments[i] ?? {};
    const relative = { mean: (mean - range[0]) / width, std: std / width };
    if (!Number.isFinite(mean) || !Number.isFinite(std)) {
      throw new AppError('engine/bad-output', `Frame ${frame} holds values that are no numbers.`);
    }
    if (Math.abs(relative.mean) > FAR_OUT || relative.std > FAR_OUT) {
      throw new AppError(
        'engine/bad-output',
        `Frame ${frame} is far out of range (mean ${mean.toFixed(1)}).`,
      );
    }
    if (relative.std < FLAT && flat[i] !== true) {
      throw new AppError('engine/bad-output', `Frame ${frame} came out as one flat colour.`);
    }
  });
}

/** Whether all pixels have the same colour. */
export function isFlat({ data }: Picture): boolean {
  return data.every((value, i) => value === data[i % 4]);
}
