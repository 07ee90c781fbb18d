import { AppError } from '../../src/base/error.ts';
import type { Size } from '../../src/base/units.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import { rasteriseMask } from '../../src/gpu/kernels/mask/mask.cpu.ts';
import type { FrameSequence } from './sequence.ts';

/** One byte per pixel, 0 = keep; `at` counts the compared frames, `time` is the source's (null if it has none). */
export type MaskReader = (at: number, time: number | null) => Promise<Uint8Array>;

/** Lossy codecs leave steps of a few in what was black: below this a video's mask is 0. */
const VIDEO_BLACK = 16;

export type Rectangle = { x: number; y: number; width: number; height: number };

/** The rectangle as the app rasterises it for `npm run edit -- --mask`, smooth edge included. */
export function rectangleMask(rectangle: Rectangle, size: Size): MaskReader {
  const layer = { combine: 'add', shape: 'rectangle', ...rectangle, rotation: 0 } as const;
  const mask = rasteriseMask({ feather: 0, grow: 0, invert: false, layers: [layer] }, size);
  return () => Promise.resolve(mask);
}

/** One picture for all frames, stretched to `size`. */
export function stillMask(picture: Picture, size: Size): MaskReader {
  const mask = toMask(picture, size, 1);
  return () => Promise.resolve(mask);
}

/**
 * A mask that moves, stretched to `size`: a folder has a picture per compared frame (`count` of them), a video is matched
 * by time where the source has times (the frame shown then), else frame by frame. Throws `evaluate/mismatch`.
 */
export function movingMask(frames: FrameSequence, size: Size, count: number): MaskReader {
  if (frames.isFolder && frames.count !== count) {
    throw new AppError(
      'evaluate/mismatch',
      `The mask ${frames.name} has ${frames.count} frames, and ${count} are compared.`,
    );
  }
  let last: { readonly shown: number; readonly mask: Uint8Array } | null = null;
  return async (at, time) => {
    const shown =
      frames.times === null || time === null
        ? Math.min(at, frames.count - 1)
        : Math.max(
            0,
            frames.times.findLastIndex((start) => start <= time),
          );
    // A slow mask shows a frame several times: reading it again would be a seek.
    if (last?.shown !== shown) {
      const mask = toMask(await frames.read(shown), size, frames.isFolder ? 1 : VIDEO_BLACK);
      last = { shown, mask };
    }
    return last.mask;
  };
}

/** The largest of R, G, B of the nearest pixel; values under `black` become 0. */
function toMask(picture: Picture, size: Size, black: number): Uint8Array {
  const mask = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    const row = Math.floor(((y + 0.5) * picture.height) / size.height);
    for (let x = 0; x < size.width; x++) {
      const column = Math.floor(((x + 0.5) * picture.width) / size.width);
      const at = (row * picture.width + column) * 4;
      const [r = 0, g = 0, b = 0] = picture.data.subarray(at, at + 3);
      const value = Math.max(r, g, b);
      mask[y * size.width + x] = value < black ? 0 : value;
    }
  }
  return mask;
}
