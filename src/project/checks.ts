import * as v from 'valibot';

/** Parts of the schemas of the document. */

/** A finite number within the range, ends included. */
export function ranged([least, most]: readonly [number, number]) {
  return v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(most));
}

export function isAscending(keyframes: readonly { readonly time: number }[]): boolean {
  return keyframes.every(({ time: at }, index) => at > (keyframes[index - 1]?.time ?? -1));
}

export function isUnique(things: readonly { readonly id: string }[]): boolean {
  return new Set(things.map((thing) => thing.id)).size === things.length;
}
