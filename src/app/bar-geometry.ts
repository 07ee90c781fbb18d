import type { Microseconds, TimeSpan } from '../base/units.ts';
import { clampAmount } from '../project/amount.ts';
import type { Keyframe } from '../project/document.ts';
import { evaluateAmount } from '../project/evaluate.ts';

/* Where things stand on the bar of an edit, in pixels from the bar's top left. */

/** Rows of the bar at which the amount is all and nothing. */
const TOP = 7;
const FOOT = 7;

export function amountToY(value: number, height: number): number {
  return TOP + (1 - value) * (height - TOP - FOOT);
}

export function amountOfY(y: number, height: number): number {
  return clampAmount(1 - (y - TOP) / (height - TOP - FOOT));
}

/** By how much the amount changes over a distance downwards. */
export function amountOfDistance(pixels: number, height: number): number {
  return -pixels / (height - TOP - FOOT);
}

/** The curve of an amount over a part of a span, as the data of an SVG path. `x` maps clip time to pixels. */
export function amountPath(
  keyframes: readonly Keyframe[],
  { from, to }: TimeSpan,
  x: (time: Microseconds) => number,
  height: number,
): string {
  const point = (time: Microseconds, value: number): string =>
    `${round(x(time))} ${round(amountToY(value, height))}`;
  const first = point(from, evaluateAmount(keyframes, from));
  const inside = keyframes.filter(({ time }) => time > from && time < to);
  const stops = [...inside.map(({ time }) => time), to];
  let path = `M ${first}`;
  let begin = from;
  for (const end of stops) {
    path += segment(keyframes, begin, end, point);
    begin = end;
  }
  return path;
}

/** From one stop to the next; no keyframe lies between them. */
function segment(
  keyframes: readonly Keyframe[],
  begin: Microseconds,
  end: Microseconds,
  point: (time: Microseconds, value: number) => string,
): string {
  const last = evaluateAmount(keyframes, end);
  const before = keyframes.findLast(({ time }) => time <= begin);
  const isInside = before !== undefined && keyframes.some(({ time }) => time > begin);
  if (!isInside || before.easing === undefined || before.easing === 'linear') {
    return ` L ${point(end, last)}`;
  }
  if (before.easing === 'hold') {
    return ` L ${point(end, before.value)} L ${point(end, last)}`;
  }
  // A part of the curve may be all that is seen: enough straight pieces look round.
  const steps = Array.from({ length: 12 }, (_, i) => begin + ((end - begin) * (i + 1)) / 12);
  return steps.map((time) => ` L ${point(time, evaluateAmount(keyframes, time))}`).join('');
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Where a lane that is dragged comes to lie: its place among the others, by the middle of each, in order. */
export function dropPlace(middles: readonly number[], y: number): number {
  const place = middles.filter((middle) => middle < y).length;
  return Math.min(place, Math.max(0, middles.length - 1));
}
