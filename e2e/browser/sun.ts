/** Where the sun of a made clip stands and how large it is, in fractions of the picture; radius of its height. */
export type Sun = { readonly x: number; readonly y: number; readonly radius: number };

/**
 * It crosses from left to right as `progress` goes from 0 to 1. With `dip` it goes down by that much of the height on
 * the first half of its way and up again on the second, so that three keyframes are needed to follow it.
 */
export function sunAt(progress: number, dip = 0): Sun {
  return {
    x: 0.15 + 0.7 * progress,
    y: 0.3 + dip * (1 - Math.abs(2 * progress - 1)),
    radius: 0.15,
  };
}
