import { useCallback, useEffect, useId, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { frameAt, frameRange } from '../../project/frames.ts';
import { frameStart, type FrameTimes } from '../../app/time.ts';
import type { TimeSpan } from '../../base/units.ts';
import { hasFrame, type FrameRanges } from '../../app/frame-ranges.ts';
import { stripSlots, toX } from '../../app/timeline-scale.ts';
import type { View } from '../../protocol/preview.ts';
import { useApp } from '../context.ts';
import type { LaneWindow } from './lane-window.ts';
import { useLaneCanvas } from './use-lane-canvas.ts';

/** Zooming wants other frames at every notch: they are made when it rests, and until then those at hand stand in. */
const REST_MS = 120;

type StripProps = {
  /** In time of its clip. */
  readonly lane: LaneWindow;
  /** Name of the strip in the thumbnail cache; several places of one clip may share it. */
  readonly name: string;
  readonly span: TimeSpan;
  readonly height: number;
  /** How its frames are composited; null while there is nothing to show. */
  readonly view: View | null;
  /** Only these frames have a picture; null means all. */
  readonly only: FrameRanges | null;
};

/** Thumbnails edge to edge over the visible part of a span. One canvas as wide as the window, however long the clip. */
export function Strip({ lane, name, span, height, view, only }: StripProps) {
  const app = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const owner = useId();
  const version = useStore(app.thumbnails.version, () => app.thumbnails.versionOf(name));
  const hasAsked = useRef(false);
  const { clip, scale } = lane;
  const begin = toX(scale, span.from);
  const from = Math.max(lane.from, begin);
  const to = Math.min(lane.to, toX(scale, span.to));
  const slotWidth = Math.max(24, (height * clip.info.width) / clip.info.height);
  const slots = useMemo(
    () =>
      stripSlots(scale, span, slotWidth, from, to).map((slot) => ({
        ...slot,
        frame: slotFrame(clip.times, slot, only),
      })),
    [scale, span, slotWidth, from, to, clip, only],
  );
  useEffect(() => {
    const ask = (): void => {
      if (view !== null && slots.length > 0) {
        hasAsked.current = true;
        const frames = slots.flatMap(({ frame }) => (frame === null ? [] : [frame]));
        app.thumbnails.want(owner, name, { ...view, clip: clip.info.fingerprint }, frames);
      }
    };
    const timer = setTimeout(ask, hasAsked.current ? REST_MS : 0);
    return () => {
      clearTimeout(timer);
      app.thumbnails.drop(owner);
    };
  }, [app, owner, name, clip, view, slots]);
  const draw = useCallback(
    (pen: CanvasRenderingContext2D, ratio: number): void => {
      pen.setTransform(ratio, 0, 0, ratio, -from * ratio, 0);
      if (only !== null) {
        // Exactly the finished frames are covered, so the bar fills frame by frame.
        pen.beginPath();
        for (const [first, end] of only) {
          const left = toX(scale, frameStart(clip.times, clip.info.duration, first));
          const right = toX(scale, frameStart(clip.times, clip.info.duration, end));
          pen.rect(left, 0, right - left, height);
        }
        pen.clip();
      }
      for (const { frame, x, width } of slots) {
        // A near one stands in until the right one is there.
        const image =
          frame === null
            ? undefined
            : (app.thumbnails.get(name, frame) ?? app.thumbnails.nearest(name, frame));
        if (image !== undefined) {
          const shown = (image.width * width) / slotWidth;
          pen.drawImage(image, 0, 0, shown, image.height, x, 0, width, height);
        }
      }
    },
    [app, name, clip, scale, slots, only, slotWidth, from, height],
  );
  useLaneCanvas({
    canvas,
    part: { from, to, width: scale.width },
    box: { begin, end: toX(scale, span.to) },
    content: `${name} ${version} ${JSON.stringify(only)}`,
    draw,
    height,
  });
  return (
    <canvas ref={canvas} className="strip" aria-hidden="true" style={{ height: `${height}px` }} />
  );
}

/** The frame that stands for a slot: its middle one, else the first finished one it holds. */
function slotFrame(
  times: FrameTimes,
  slot: { readonly time: number; readonly begin: number; readonly end: number },
  only: FrameRanges | null,
): number | null {
  const middle = frameAt(times, slot.time);
  if (only === null || hasFrame(only, middle)) {
    return middle;
  }
  const { from, to } = frameRange(times, { from: slot.begin, to: slot.end });
  const range = only.find(([first, end]) => first < to && end > from);
  return range === undefined ? null : Math.max(from, range[0]);
}
