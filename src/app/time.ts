import type { Microseconds, Seconds, TimeSpan } from '../base/units.ts';
import { frameAt } from '../project/frames.ts';

/** Presentation times of a clip's frames, rising, in microseconds. */
export type FrameTimes = ArrayLike<number>;

/** Where frame `index` begins; the clip's end for the number after the last one. */
export function frameStart(times: FrameTimes, duration: Microseconds, index: number): Microseconds {
  if (index >= times.length) {
    return duration;
  }
  return times[Math.max(0, index)] ?? 0;
}

/** The frame boundary nearest to `time`, the clip's end included. */
export function snapToFrame(
  times: FrameTimes,
  duration: Microseconds,
  time: Microseconds,
): Microseconds {
  const index = frameAt(times, time);
  const before = frameStart(times, duration, index);
  const after = frameStart(times, duration, index + 1);
  return time - before <= after - time ? before : after;
}

/** A span with its ends on frames, at least one frame long and inside the clip, whichever way it was dragged. */
export function spanBetween(
  times: FrameTimes,
  duration: Microseconds,
  one: Microseconds,
  other: Microseconds,
): TimeSpan {
  const from = snapToFrame(times, duration, Math.max(0, Math.min(one, other)));
  const to = snapToFrame(times, duration, Math.min(duration, Math.max(one, other)));
  const first = Math.min(frameAt(times, from), times.length - 1);
  if (to > from) {
    return { from, to };
  }
  return {
    from: frameStart(times, duration, first),
    to: frameStart(times, duration, first + 1),
  };
}

/** Moves a span as a whole, kept inside the clip and on frames. */
export function moveSpan(
  times: FrameTimes,
  duration: Microseconds,
  span: TimeSpan,
  by: Microseconds,
): TimeSpan {
  const length = span.to - span.from;
  const from = snapToFrame(
    times,
    duration,
    Math.min(Math.max(0, span.from + by), duration - length),
  );
  return spanBetween(times, duration, from, Math.min(duration, from + length));
}

/** A time this much of a frame short of the next one is the next one: times are rounded to microseconds. */
const FRAME_SLACK = 0.2;

/** `0:06:05`: minutes, seconds, frames at the nearest whole rate; hours in front when there are any. */
export function timecode(time: Microseconds, frameRate: number): string {
  const rate = Math.max(1, Math.round(frameRate));
  const total = Math.max(0, Math.floor((time / 1e6) * rate + FRAME_SLACK));
  const seconds = Math.floor(total / rate);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const head = hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`;
  return `${head}:${two(seconds % 60)}:${two(total % rate)}`;
}

/** The begin of the frame so many after the one at `time`, kept within the clip. */
export function nudgedTime(times: FrameTimes, time: Microseconds, frames: number): Microseconds {
  const to = Math.max(0, Math.min(times.length - 1, frameAt(times, time) + frames));
  return times[to] ?? 0;
}

/** Ruler label: `0:02`, or `0:02.5` where ticks are closer than a second. */
export function rulerLabel(time: Microseconds, step: Microseconds): string {
  const total = time / 1e6;
  const minutes = Math.floor(total / 60 + 1e-9);
  const rest = total - minutes * 60;
  const digits = step >= 1e6 ? 0 : step >= 1e5 ? 1 : 2;
  return `${minutes}:${rest.toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0')}`;
}

/** `4.0`: seconds with a tenth, as the span chip shows them. */
export function tenths(time: Microseconds): string {
  return (time / 1e6).toFixed(1);
}

/** `24 s left`, `2 min 10 s left`; empty while unknown. */
export function timeLeft(seconds: Seconds): string {
  const text = lengthInWords(seconds);
  return text === '' ? '' : `${text} left`;
}

/** `24 s`, `2 min 10 s`, `1 h 5 min`; empty for what is no length. */
export function lengthInWords(seconds: Seconds): string {
  if (!Number.isFinite(seconds) || seconds < 0) {
    return '';
  }
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    const rest = whole % 60;
    return rest === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${rest} s`;
  }
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `5.0 s`, `2 min 10 s`: a clip's length, to the tenth while it is short. */
export function clipLength(duration: Microseconds): string {
  return duration < 60e6 ? `${tenths(duration)} s` : lengthInWords(duration / 1e6);
}

/** `1.0 MB`, decimal units as file managers show them. */
export function byteSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}
