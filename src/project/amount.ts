import { assert, must } from '../base/assert.ts';
import type { Microseconds } from '../base/units.ts';
import type { Easing, Keyframe } from './document.ts';

/* Changes of an edit's amount: keyframes in order of time go in, keyframes in order of time come out. */

/** Adds a keyframe, or changes the one at its time, which keeps its easing unless another is given. */
export function putKeyframe(keyframes: readonly Keyframe[], put: Keyframe): Keyframe[] {
  const old = keyframes.find(({ time }) => time === put.time);
  const others = keyframes.filter((keyframe) => keyframe !== old);
  return [...others, { ...old, ...put, value: clampAmount(put.value) }].toSorted(
    (a, b) => a.time - b.time,
  );
}

/** Another time and value for one keyframe. One that is there already goes. */
export function moveKeyframe(
  keyframes: readonly Keyframe[],
  index: number,
  to: { readonly time: Microseconds; readonly value: number },
): Keyframe[] {
  const moved = must(keyframes[index], 'a keyframe');
  const others = keyframes.filter(({ time }, i) => i !== index && time !== to.time);
  return putKeyframe(others, { ...moved, ...to });
}

/** Takes a keyframe away; the last one stays, because an edit always has an amount. */
export function removeKeyframe(keyframes: readonly Keyframe[], index: number): readonly Keyframe[] {
  return keyframes.length > 1 ? keyframes.toSpliced(index, 1) : keyframes;
}

/** How one keyframe turns into the next. */
export function easeKeyframe(
  keyframes: readonly Keyframe[],
  index: number,
  easing: Easing,
): Keyframe[] {
  return keyframes.map((keyframe, i) => (i === index ? { ...keyframe, easing } : keyframe));
}

/** The keyframes beside a time, as indices: one where it lies before the first or after the last. */
export function keyframesAround(keyframes: readonly Keyframe[], time: Microseconds): number[] {
  assert(keyframes.length > 0, 'an amount has a keyframe');
  const next = keyframes.findIndex((keyframe) => keyframe.time > time);
  if (next === -1) {
    return [keyframes.length - 1];
  }
  return next === 0 ? [0] : [next - 1, next];
}

/** Raises some keyframes by the same amount, as far as each one can go. */
export function raiseKeyframes(
  keyframes: readonly Keyframe[],
  indices: readonly number[],
  by: number,
): Keyframe[] {
  return keyframes.map((keyframe, i) =>
    indices.includes(i) ? { ...keyframe, value: clampAmount(keyframe.value + by) } : keyframe,
  );
}

/** The keyframe at exactly this time, as an index, or -1. */
export function keyframeAt(keyframes: readonly Keyframe[], time: Microseconds): number {
  return keyframes.findIndex((keyframe) => keyframe.time === time);
}

/** To hundredths: what sliders show and handles move by. */
export function clampAmount(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 100) / 100;
}
