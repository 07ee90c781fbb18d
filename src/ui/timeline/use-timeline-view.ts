import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { clampZoom, scrollForZoom, toX } from '../../app/timeline-scale.ts';
import type { SequenceFrames } from '../../project/sequence-frames.ts';
import { useApp, useSession } from '../context.ts';

/** Space left and right of the sequence, so that its ends can be grabbed. */
export const MARGIN = 16;
/** Lanes are drawn in steps of this many pixels, one step beyond the window: scrolling in between draws nothing anew. */
const TILE_PX = 512;

/** Width of the sequence at this zoom, and the part of it that lanes have to draw. */
export function useTimelineView(
  { sequence, count }: SequenceFrames,
  scroller: RefObject<HTMLDivElement | null>,
) {
  const app = useApp();
  const zoom = useSession((state) => state.zoom);
  const [windowWidth, setWindowWidth] = useState(0);
  const [tile, setTile] = useState(0);
  const anchor = useRef<number | null>(null);
  const fit = Math.max(100, windowWidth - 2 * MARGIN);
  const allowed = clampZoom(zoom, fit, count);
  const width = fit * allowed;
  useEffect(() => {
    // Keys and buttons know no limit: what went beyond it would have to be taken back before anything moves.
    if (windowWidth > 0 && zoom !== allowed) {
      app.session.setState({ zoom: allowed });
    }
  }, [app, windowWidth, zoom, allowed]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return undefined;
    }
    const labels = () => element.querySelector('.lane__label')?.getBoundingClientRect().width ?? 0;
    const observer = new ResizeObserver(() => {
      setWindowWidth(element.clientWidth - labels());
    });
    observer.observe(element);
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        anchor.current = event.clientX - element.getBoundingClientRect().left - labels() - MARGIN;
        app.session.setState((state) => ({
          zoom: clampZoom(state.zoom * Math.exp(-event.deltaY / 240), fit, count),
        }));
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', onWheel);
    };
  }, [app, fit, count, scroller]);
  useKeepInPlace(sequence.duration, scroller, width, windowWidth, anchor);
  const onScroll = useCallback(() => {
    setTile(Math.floor((scroller.current?.scrollLeft ?? 0) / TILE_PX));
  }, [scroller]);
  const from = (tile - 1) * TILE_PX - MARGIN;
  const to = (tile + 2) * TILE_PX - MARGIN + windowWidth;
  return { width, from, to, onScroll };
}

/** Zooming keeps in place what is under the pointer, or else the playhead where it is seen. */
function useKeepInPlace(
  duration: number,
  scroller: RefObject<HTMLDivElement | null>,
  width: number,
  windowWidth: number,
  pointerRef: RefObject<number | null>,
): void {
  const app = useApp();
  const before = useRef({ width, duration });
  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = { width, duration };
    // A cut that became longer or shorter is no zoom: what is on screen stays where it is.
    if (element === null || old.width === width || old.duration !== duration) {
      return;
    }
    const playhead = toX({ duration, width: old.width }, app.session.getState().time);
    const seen = playhead - element.scrollLeft;
    const kept = seen >= 0 && seen <= windowWidth ? seen : windowWidth / 2;
    const anchor = pointerRef.current ?? kept;
    pointerRef.current = null;
    element.scrollTo({ left: scrollForZoom(old.width, width, element.scrollLeft, anchor) });
  }, [app, duration, scroller, width, windowWidth, pointerRef]);
}
