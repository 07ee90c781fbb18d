import { createPixels, type Pixels } from '../pixels.ts';
import { seededFloats } from './buffers.ts';

export type Colour = readonly [number, number, number];

/** A picture with large shapes, gradients and fine texture in all three channels: enough for every fit. */
export function testPicture(width: number, height: number, seed = 1, texture = 12): Pixels {
  const noise = seededFloats(width * height * 3, seed);
  return paint(width, height, (x, y) => {
    const u = x / width;
    const v = y / height;
    const disc = (u - 0.5) ** 2 + (v - 0.4) ** 2 < 0.06 ? 40 : 0;
    const stripes = 14 * Math.sin(x * 0.9 + seed) * Math.cos(y * 0.7);
    const at = (y * width + x) * 3;
    return [
      70 + 80 * u + disc + stripes + texture * (noise[at] ?? 0),
      90 + 60 * v - disc * 0.4 + stripes * 0.6 + texture * (noise[at + 1] ?? 0),
      110 + 30 * (u - v) + disc * 0.8 - stripes * 0.5 + texture * (noise[at + 2] ?? 0),
    ];
  });
}

export function paint(
  width: number,
  height: number,
  colour: (x: number, y: number) => Colour,
): Pixels {
  const picture = createPixels({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      picture.data.set([...colour(x, y), 255], (y * width + x) * 4);
    }
  }
  return picture;
}

export function recolour(
  picture: Pixels,
  change: (colour: Colour, x: number, y: number) => Colour,
): Pixels {
  return paint(picture.width, picture.height, (x, y) => {
    const at = (y * picture.width + x) * 4;
    const [red = 0, green = 0, blue = 0] = picture.data.subarray(at, at + 3);
    return change([red, green, blue], x, y);
  });
}

/** Red, green, blue alone. */
export function coloursOf(picture: Pixels): Uint8ClampedArray {
  return picture.data.filter((_, index) => index % 4 !== 3);
}
