import { must } from '../base/assert.ts';
import type { Microseconds } from '../base/units.ts';
import type { Keyframe, MaskKeyframe, MaskTrack } from './document.ts';

/** A mask at one moment. Box in fractions of the displayed size, from the top left; feather of the shorter side. */
export type MaskShape = {
  readonly kind: MaskTrack['shape'];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly feather: number;
  readonly invert: boolean;
};

/** The blend at a time, 0 to 1: linear between keyframes, held before the first and after the last. */
export function evaluateAmount(keyframes: readonly Keyframe[], time: Microseconds): number {
  const { before, after, fraction } = locate(keyframes, time);
  return mix(before.value, after.value, fraction);
}

/** The mask at a time: each side of the box moves linearly between keyframes, held outside of them. */
export function evaluateMask(track: MaskTrack, time: Microseconds): MaskShape {
  const { before, after, fraction } = locate(track.keyframes, time);
  const side = (name: Exclude<keyof MaskKeyframe, 'time'>): number =>
    mix(before[name], after[name], fraction);
  return {
    kind: track.shape,
    x: side('x'),
    y: side('y'),
    width: side('width'),
    height: side('height'),
    feather: track.feather,
    invert: track.invert,
  };
}

function locate<T extends { readonly time: Microseconds }>(
  keyframes: readonly T[],
  time: Microseconds,
): { before: T; after: T; fraction: number } {
  const next = keyframes.findIndex((keyframe) => keyframe.time > time);
  if (next <= 0) {
    const held = must(keyframes.at(next === 0 ? 0 : -1), 'a keyframe');
    return { before: held, after: held, fraction: 0 };
  }
  const before = must(keyframes[next - 1], 'a keyframe');
  const after = must(keyframes[next], 'a keyframe');
  return { before, after, fraction: (time - before.time) / (after.time - before.time) };
}

function mix(from: number, to: number, fraction: number): number {
  return from + (to - from) * fraction;
}
