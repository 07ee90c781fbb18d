import type { Microseconds } from '../base/units.ts';
import type { EditSettings } from './document.ts';
import { frameAt, type FrameRange } from './frames.ts';

/**
 * Which of `frames` frames (numbered from 0) are anchors: evenly spread, first and last included; one anchor is the
 * first frame; never more than there are frames. Ascending, without repeats.
 */
export function planAnchors(frames: number, anchors: number): number[] {
  if (frames <= anchors) {
    return Array.from({ length: frames }, (_, i) => i);
  }
  if (anchors === 1) {
    return [0];
  }
  // Round half up, in integers: no float error decides a tie.
  const gaps = anchors - 1;
  return Array.from({ length: anchors }, (_, i) =>
    Math.floor((2 * i * (frames - 1) + gaps) / (2 * gaps)),
  );
}

type AnchorSettings = Pick<EditSettings, 'mode' | 'anchors' | 'anchorTimes'>;

/**
 * Anchor frames (numbers within the clip, ascending) of an edit's frames, or of one scene of them. Those that were placed
 * by hand count where they lie among the frames; where none does, and by default, they are evenly spread.
 */
export function anchorFrames(
  settings: AnchorSettings,
  times: ArrayLike<Microseconds>,
  { from, to }: FrameRange,
): number[] {
  switch (settings.mode) {
    case 'independent':
      return [];
    case 'first':
    case 'previous+first':
      return planAnchors(to - from, 1).map((frame) => from + frame);
    case 'swap':
    case 'own+anchors': {
      const placed = new Set(
        (settings.anchorTimes ?? [])
          .map((time) => frameAt(times, time))
          .filter((frame) => frame >= from && frame < to),
      );
      return placed.size > 0
        ? [...placed].toSorted((a, b) => a - b)
        : planAnchors(to - from, settings.anchors).map((frame) => from + frame);
    }
  }
}

/** Whether anchors of this mode may stand anywhere in the span. */
export function hasMovableAnchors({ mode }: Pick<EditSettings, 'mode'>): boolean {
  return mode === 'swap' || mode === 'own+anchors';
}

/** The anchors with one of them at another frame: kept among the frames, and between its neighbours. */
export function moveAnchor(
  anchors: readonly number[],
  index: number,
  frame: number,
  { from, to }: FrameRange,
): number[] {
  const least = (anchors[index - 1] ?? from - 1) + 1;
  const most = (anchors[index + 1] ?? to) - 1;
  return anchors.with(index, Math.max(least, Math.min(most, frame)));
}
