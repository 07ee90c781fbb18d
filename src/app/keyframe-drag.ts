import type { Microseconds } from '../base/units.ts';
import type { KeyframeRef } from '../project/mask-changes.ts';
import { frameAt, nearestFrameTime } from '../project/frames.ts';

/** How far a keyframe at `time` has moved that is dragged `by` so much: it lies on a frame of the clip. */
export function draggedBy(
  time: Microseconds,
  by: Microseconds,
  times: ArrayLike<Microseconds>,
): Microseconds {
  const last = times[times.length - 1] ?? 0;
  return nearestFrameTime(times, Math.min(last, Math.max(0, time + by))) - time;
}

/** The same by whole frames, for keys. */
export function steppedBy(
  time: Microseconds,
  frames: number,
  times: ArrayLike<Microseconds>,
): Microseconds {
  const last = times.length - 1;
  const at = Math.min(last, Math.max(0, frameAt(times, time) + frames));
  return Math.round(times[at] ?? time) - time;
}

/** What is selected after a keyframe was pressed: it alone, or with `more` it comes to the others or goes. */
export function pressKeyframe(
  keys: readonly KeyframeRef[],
  key: KeyframeRef,
  more: boolean,
): readonly KeyframeRef[] {
  const others = keys.filter((one) => !isSame(one, key));
  const had = others.length < keys.length;
  if (!more) {
    return had ? keys : [key];
  }
  return had ? others : [...others, key];
}

export function isSame(a: KeyframeRef, b: KeyframeRef): boolean {
  return a.layerId === b.layerId && a.time === b.time;
}
