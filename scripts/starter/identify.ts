import type { Planes } from './edits/planes.ts';
import { edges, luma, shrink } from './edits/tools.ts';
import { meanSquare } from './pixels.ts';

/** Pixels of a thumbnail each way; of pictures that are not square, of a square of their area. */
const THUMBNAIL = 64;
/** How much the gradient counts beside red, green and blue. */
const GRADIENT_WEIGHT = 1;

/**
 * What edits are told apart by: the colours of a thumbnail (means of blocks of pixels) and the gradient magnitude of its
 * luma (central differences, not halved). At 64 pixels that tells sharp from blurred as well. The gradient of the full
 * picture would not: an autoencoder takes some of it from every picture, and with it a sharpened one passes for the source
 * (5 of 8 photos; with none 0 of 8).
 */
export type Impression = { readonly colours: Float32Array; readonly gradient: Float32Array };

export function impressionOf(picture: Planes): Impression {
  const block = 2 ** Math.round(Math.log2(Math.sqrt(picture.width * picture.height) / THUMBNAIL));
  const thumbnail = shrink(picture, block);
  return { colours: thumbnail.data, gradient: edges(luma(thumbnail)).data };
}

/** Mean squared difference over the thumbnail's red, green, blue and gradient, in [0, 1]. */
export function distance(a: Impression, b: Impression): number {
  const colours = meanSquare(a.colours, b.colours);
  const gradient = meanSquare(a.gradient, b.gradient);
  return (3 * colours + GRADIENT_WEIGHT * gradient) / (3 + GRADIENT_WEIGHT);
}

/** The name of the candidate that is closest: the one with the highest PSNR. */
export function identify(picture: Impression, candidates: ReadonlyMap<string, Impression>): string {
  let best = '';
  let least = Infinity;
  for (const [name, candidate] of candidates) {
    const apart = distance(picture, candidate);
    if (apart < least) {
      [best, least] = [name, apart];
    }
  }
  return best;
}
