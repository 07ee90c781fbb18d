import type { Size } from '../base/units.ts';
import { createPixels } from '../gpu/pixels.ts';
import { resizePicture } from '../gpu/kernels/resize/resize.cpu.ts';
import type { Picture } from '../protocol/media.ts';

export type Box = Size & { readonly x: number; readonly y: number };

/** The largest box of a picture's aspect that fits into a frame, in the middle, whole pixels. */
export function fitInto(picture: Size, frame: Size): Box {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const width = Math.min(frame.width, Math.max(1, Math.round(picture.width * scale)));
  const height = Math.min(frame.height, Math.max(1, Math.round(picture.height * scale)));
  return {
    width,
    height,
    x: Math.floor((frame.width - width) / 2),
    y: Math.floor((frame.height - height) / 2),
  };
}

/** A picture shown whole in a frame of another size, black around it; the same object where the sizes agree. */
export function letterbox(picture: Picture, frame: Size): Picture {
  if (picture.width === frame.width && picture.height === frame.height) {
    return picture;
  }
  const box = fitInto(picture, frame);
  const scaled = resizePicture(picture, { width: box.width, height: box.height });
  const { width, height } = frame;
  const output = createPixels({ width, height });
  // Opaque black: bytes of each pixel in memory order are red, green, blue, alpha.
  for (let at = 3; at < output.data.length; at += 4) {
    output.data[at] = 255;
  }
  for (let row = 0; row < box.height; row++) {
    const from = row * box.width * 4;
    const to = ((box.y + row) * width + box.x) * 4;
    output.data.set(scaled.data.subarray(from, from + box.width * 4), to);
  }
  return output;
}
