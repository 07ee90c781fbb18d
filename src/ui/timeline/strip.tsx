import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { frameAt } from '../../project/frames.ts';
import type { TimeSpan } from '../../base/units.ts';
import { hasFrame, type FrameRanges } from '../../app/frame-ranges.ts';
import { stripSlots, toX } from '../../app/timeline-scale.ts';
import type { View } from '../../protocol/preview.ts';
import { useApp } from '../context.ts';
import type { LaneWindow } from './timeline.tsx';

type StripProps = {
  readonly lane: LaneWindow;
  /** Name of the strip in the thumbnail cache. */
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
  const version = useStore(app.thumbnails.version, (state) => state.count);
  const { clip, scale } = lane;
  const begin = toX(scale, span.from);
  const from = Math.max(lane.from, begin);
  const to = Math.min(lane.to, toX(scale, span.to));
  const slotWidth = Math.max(24, (height * clip.info.width) / clip.info.height);
  useEffect(() => {
    if (view === null || to <= from) {
      app.thumbnails.drop(name);
      return undefined;
    }
    const slots = stripSlots(scale, span, slotWidth, from, to);
    const frames = slots
      .map((slot) => frameAt(clip.times, slot.time))
      .filter((frame) => only === null || hasFrame(only, frame));
    app.thumbnails.want(name, view, frames);
    return () => {
      app.thumbnails.drop(name);
    };
    // Sizes and times say all there is to know about the scale.
  }, [app, name, view, only, clip, scale.width, span.from, span.to, slotWidth, from, to]);
  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext('2d') ?? null;
    if (element === null || pen === null || to <= from) {
      return;
    }
    const ratio = window.devicePixelRatio;
    element.width = Math.ceil((to - from) * ratio);
    element.height = Math.ceil(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, -from * ratio, 0);
    for (const slot of stripSlots(scale, span, slotWidth, from, to)) {
      const frame = frameAt(clip.times, slot.time);
      const image =
        only === null || hasFrame(only, frame) ? app.thumbnails.get(name, frame) : undefined;
      if (image !== undefined) {
        const share = slot.width / slotWidth;
        pen.drawImage(
          image,
          0,
          0,
          image.width * share,
          image.height,
          slot.x,
          0,
          slot.width,
          height,
        );
      }
    }
  });
  return (
    <canvas
      ref={canvas}
      className="strip"
      aria-hidden="true"
      data-version={version}
      style={{
        left: `${from - begin}px`,
        width: `${Math.max(0, to - from)}px`,
        height: `${height}px`,
      }}
    />
  );
}
