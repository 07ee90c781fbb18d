import { assert } from '../../base/assert.ts';
import type { Picture } from './picture.ts';

export type OutsideDifference = {
  /** Largest difference of a byte of R, G or B, 0…255; 0 where nothing lies outside. */
  readonly maxDiff: number;
  /** Pixels outside. */
  readonly places: number;
};

/** What an edit changed where it had no business: `mask` has a byte per pixel, 0 = outside (keep). */
export function outsideDifference(
  source: Picture,
  edited: Picture,
  mask: Uint8Array,
): OutsideDifference {
  const { width, height } = source;
  assert(edited.width === width && edited.height === height, 'frames of one size');
  assert(mask.length === width * height, 'a mask of the frames’ size');
  let maxDiff = 0;
  let places = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 0) {
      continue;
    }
    places++;
    for (let at = i * 4; at < i * 4 + 3; at++) {
      maxDiff = Math.max(maxDiff, Math.abs((source.data[at] ?? 0) - (edited.data[at] ?? 0)));
    }
  }
  return { maxDiff, places };
}
