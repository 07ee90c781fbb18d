import type { Picture } from '../../../src/diffusion/metrics/picture.ts';

/** A smooth coloured texture without a period inside the picture, seen through a window at (dx, dy). */
export function texture(width: number, height: number, dx = 0, dy = 0): Picture {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x + dx, y + dy];
      const wave =
        Math.sin(u * 0.31 + v * 0.11) +
        Math.sin(v * 0.37 - u * 0.07) +
        Math.sin(u * 0.053 + v * 0.071 + 1) +
        Math.sin((u * u + v * v) * 0.0011);
      const at = (y * width + x) * 4;
      data[at] = 128 + 22 * wave;
      data[at + 1] = 120 + 18 * wave;
      data[at + 2] = 110 + 14 * Math.sin(wave);
    }
  }
  return { width, height, data };
}

/** The picture with every byte of R, G and B sent through `change`. */
export function mapped(
  picture: Picture,
  change: (value: number, x: number, y: number) => number,
): Picture {
  const data = new Uint8ClampedArray(picture.data);
  for (let i = 0; i < data.length; i++) {
    if (i % 4 !== 3) {
      const place = i >> 2;
      const [x, y] = [place % picture.width, Math.floor(place / picture.width)];
      data[i] = change(data[i] ?? 0, x, y);
    }
  }
  return { ...picture, data };
}
