import type { Microseconds, TimeSpan } from '../base/units.ts';

/** How the timeline maps time to pixels. `width` is the whole clip at this zoom, margins apart. */
export type TimelineScale = {
  readonly duration: Microseconds;
  readonly width: number;
};

const MIN_ZOOM = 1;

export function toX(scale: TimelineScale, time: Microseconds): number {
  return scale.duration <= 0 ? 0 : (time / scale.duration) * scale.width;
}

export function toTime(scale: TimelineScale, x: number): Microseconds {
  if (scale.width <= 0) {
    return 0;
  }
  return Math.round((Math.min(Math.max(x, 0), scale.width) / scale.width) * scale.duration);
}

const STEPS_SECONDS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600,
];

/** Distance between labelled ticks, so that labels stand at least `minPx` apart. */
export function tickStep(scale: TimelineScale, minPx: number): Microseconds {
  const perSecond = scale.duration <= 0 ? 1 : (scale.width / scale.duration) * 1e6;
  const step = STEPS_SECONDS.find((seconds) => seconds * perSecond >= minPx) ?? 7200;
  return step * 1e6;
}

export type Tick = { readonly time: Microseconds; readonly x: number; readonly labelled: boolean };

/** Ticks between two pixels: labelled ones and one unlabelled halfway. */
export function ticksBetween(
  scale: TimelineScale,
  minPx: number,
  fromPx: number,
  toPx: number,
): { step: Microseconds; ticks: Tick[] } {
  const step = tickStep(scale, minPx);
  const half = step / 2;
  const first = Math.max(0, Math.floor(toTime(scale, fromPx) / half));
  const last = Math.floor(toTime(scale, toPx) / half);
  const ticks: Tick[] = [];
  for (let index = first; index <= last; index += 1) {
    const time = index * half;
    ticks.push({ time, x: toX(scale, time), labelled: index % 2 === 0 });
  }
  return { step, ticks };
}

/** Nothing is gained beyond 48 px a frame. */
function maxZoom(fitWidth: number, frameCount: number): number {
  return Math.max(MIN_ZOOM, (frameCount * 48) / Math.max(1, fitWidth));
}

export function clampZoom(zoom: number, fitWidth: number, frameCount: number): number {
  return Math.min(Math.max(zoom, MIN_ZOOM), maxZoom(fitWidth, frameCount));
}

/** Scroll position that keeps the time under `anchorPx` (from the left of the window) in place while zooming. */
export function scrollForZoom(
  oldWidth: number,
  newWidth: number,
  scrollLeft: number,
  anchorPx: number,
): number {
  if (oldWidth <= 0) {
    return 0;
  }
  return Math.max(0, ((scrollLeft + anchorPx) / oldWidth) * newWidth - anchorPx);
}

/** A place for one thumbnail: where it is drawn, the time in its middle, and the times it spans. */
export type StripSlot = {
  readonly x: number;
  readonly width: number;
  readonly time: Microseconds;
  readonly begin: Microseconds;
  readonly end: Microseconds;
};

/** Slots of a filmstrip between two pixels: thumbnails stand edge to edge from the span's begin. */
export function stripSlots(
  scale: TimelineScale,
  span: TimeSpan,
  slotWidth: number,
  fromPx: number,
  toPx: number,
): StripSlot[] {
  const begin = toX(scale, span.from);
  const end = toX(scale, span.to);
  const slots: StripSlot[] = [];
  if (slotWidth <= 0) {
    return slots;
  }
  const first = Math.max(0, Math.floor((fromPx - begin) / slotWidth));
  for (let index = first; begin + index * slotWidth < Math.min(end, toPx); index += 1) {
    const x = begin + index * slotWidth;
    const width = Math.min(slotWidth, end - x);
    slots.push({
      x,
      width,
      time: toTime(scale, x + width / 2),
      begin: toTime(scale, x),
      end: toTime(scale, x + width),
    });
  }
  return slots;
}
