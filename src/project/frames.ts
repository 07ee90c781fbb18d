import { firstNotBefore } from '../base/sorted.ts';
import type { Microseconds, TimeSpan } from '../base/units.ts';

/** Frame numbers `[from, to)`. */
export type FrameRange = { readonly from: number; readonly to: number };

/** The frames whose presentation times (ascending) lie in the span; `from === to` when none does. */
export function frameRange(times: ArrayLike<Microseconds>, span: TimeSpan): FrameRange {
  const from = firstNotBefore(times, span.from);
  return { from, to: Math.max(from, firstNotBefore(times, span.to)) };
}

/** The frame on screen at a time: the last one that has begun; the first one before all of them. */
export function frameAt(times: ArrayLike<Microseconds>, time: Microseconds): number {
  return Math.max(0, firstNotBefore(times, time + 1) - 1);
}

/** The time of the frame that begins nearest to a time, in whole microseconds; what lies beyond the last one stays there. */
export function nearestFrameTime(times: ArrayLike<Microseconds>, time: Microseconds): Microseconds {
  const before = frameAt(times, time);
  const [a, b] = [times[before] ?? 0, times[before + 1] ?? time];
  return Math.round(time - a < b - time ? a : b);
}
