import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { afterPaint } from './after-paint.ts';
import { TILE_PX } from './lane-window.ts';

/** Who zooms or scrolls on is not kept waiting by drawings that the next notch makes useless. */
const REST_MS = 150;

/** A part of a lane in pixels from the lane's own beginning, and how wide its whole scale is at this zoom. */
export type LanePart = { readonly from: number; readonly to: number; readonly width: number };

type LaneCanvas = {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** What should be drawn, inside the box that the canvas lies in. */
  readonly part: LanePart;
  readonly box: { readonly begin: number; readonly end: number };
  /** Names what there is to see, whatever the zoom. */
  readonly content: string;
  /** Draws the part; the canvas has the part's size by then, in pixels of the screen (`ratio` of them to one of the page). */
  readonly draw: (pen: CanvasRenderingContext2D, ratio: number) => void;
  readonly height: number;
};

/**
 * A canvas over the part of a lane near the window. It is drawn after the paint that an input waits for; after a zoom or a
 * scroll what was drawn is stretched or moved along as long as it covers the window, and drawn anew when that rests.
 */
export function useLaneCanvas({ canvas, part, box, content, draw, height }: LaneCanvas): void {
  const drawn = useRef<{ readonly part: LanePart; readonly content: string } | null>(null);
  const { from, to, width } = part;
  const { begin, end } = box;
  useLayoutEffect(() => {
    if (canvas.current !== null) {
      place(canvas.current, drawn.current?.part ?? { from, to, width }, width, begin);
    }
  }, [canvas, from, to, width, begin]);
  useEffect(() => {
    const work = (): void => {
      const element = canvas.current;
      const pen = element?.getContext('2d') ?? null;
      if (element === null || pen === null || to <= from) {
        return;
      }
      const ratio = window.devicePixelRatio;
      element.width = Math.ceil((to - from) * ratio);
      element.height = Math.ceil(height * ratio);
      draw(pen, ratio);
      drawn.current = { part: { from, to, width }, content };
      place(element, drawn.current.part, width, begin);
    };
    const old = drawn.current;
    if (old?.content !== content || !covers(old.part, { from, to, width }, { begin, end })) {
      return afterPaint(work);
    }
    const timer = setTimeout(work, REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [canvas, from, to, width, begin, end, content, draw, height]);
}

/** Where a drawing lies once its lane is `width` pixels wide. */
function place(element: HTMLElement, part: LanePart, width: number, begin: number): void {
  const grown = part.width <= 0 ? 1 : width / part.width;
  element.style.left = `${part.from * grown - begin}px`;
  element.style.width = `${Math.max(0, (part.to - part.from) * grown)}px`;
}

/** Whether an older drawing, stretched, leaves no gap in the window: parts reach a tile beyond it on both sides. */
function covers(
  old: LanePart,
  { from, to, width }: LanePart,
  { begin, end }: { readonly begin: number; readonly end: number },
): boolean {
  const grown = old.width <= 0 ? 0 : width / old.width;
  const [first, last] = [
    Math.max(from <= begin ? begin : from + TILE_PX, begin),
    Math.min(to >= end ? end : to - TILE_PX, end),
  ];
  return old.from * grown <= first + 1 && old.to * grown >= last - 1;
}
