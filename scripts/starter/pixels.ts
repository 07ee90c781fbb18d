import type { Transfer } from '../../e2e/browser/picture-transfer.ts';
import { emptyPlanes, zip, type Planes } from './edits/planes.ts';
import { shrink } from './edits/tools.ts';

/** RGB planes in [0, 1] of a picture that came from the page. */
export function planesOf({ width, height, rgb }: Transfer): Planes {
  const bytes = Buffer.from(rgb, 'base64');
  const area = width * height;
  const planes = emptyPlanes(3, { channels: 3, width, height, data: new Float32Array() });
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      planes.data[channel * area + i] = (bytes[i * 3 + channel] ?? 0) / 255;
    }
  }
  return planes;
}

/** The other way round, rounded to 8 bits. */
export function transferOf({ width, height, data }: Planes): Transfer {
  const area = width * height;
  const bytes = Buffer.alloc(3 * area);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      bytes[i * 3 + channel] = Math.round((data[channel * area + i] ?? 0) * 255);
    }
  }
  return { width, height, rgb: bytes.toString('base64') };
}

/** Mean squared difference of all values. */
export function meanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  }
  return sum / a.length;
}

/** Peak signal to noise ratio in decibels of pictures in [0, 1]; a perfect match counts as 99. */
export function psnr(a: Planes, b: Planes): number {
  return decibels(meanSquare(a.data, b.data));
}

export function decibels(square: number): number {
  return Math.min(99, -10 * Math.log10(square));
}

/** `edited` where the mask is 1, `source` where it is 0: as the training composites its targets. */
export function composite(source: Planes, edited: Planes, mask: Planes): Planes {
  return zip(source, [edited, mask], (from, to, amount) => amount * to + (1 - amount) * from);
}

/** A mask as the latents see it: means of blocks of `factor` pixels. */
export function latentMask(mask: Planes, factor: number): number[] {
  return Array.from(shrink(mask, factor).data);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
