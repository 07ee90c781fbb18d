import { useCallback, useEffect, useLayoutEffect, useState, type RefObject } from 'react';
import { createStore, useStore } from 'zustand';
import { clampZoom, scrollForZoom, toX } from '../../app/timeline-scale.ts';
import type { SequenceFrames } from '../../project/sequence-frames.ts';
import { useApp } from '../context.ts';
import { TILE_PX } from './lane-window.ts';

/** Space left and right of the sequence, so that its ends can be grabbed. */
export const MARGIN = 16;

type View = {
  readonly zoom: number;
  readonly windowWidth: number;
  /** How far it is scrolled: exact after a zoom, otherwise somewhere on the same tile. */
  readonly left: number;
  /** Where the last zoom has to scroll to. */
  readonly goal: { readonly left: number } | null;
};

/** Width of the sequence at this zoom, and the part of it that lanes have to draw. */
export function useTimelineView(
  { sequence, count }: SequenceFrames,
  scroller: RefObject<HTMLDivElement | null>,
) {
  const app = useApp();
  const [view] = useState(() =>
    createStore<View>(() => ({
      zoom: app.session.getState().zoom,
      windowWidth: 0,
      left: 0,
      goal: null,
    })),
  );
  const { zoom, windowWidth, left, goal } = useStore(view);
  const { duration } = sequence;
  const allowed = clampZoom(zoom, fitOf(windowWidth), count);
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
    // Where the window will be is known with the zoom: lanes are drawn once for it, and not again after it has scrolled.
    const change = (to: Partial<View>, pointer: number | null): void => {
      const known = view.getState();
      const next = { ...known, ...to };
      const [before, after] = [widthOf(known, count), widthOf(next, count)];
      const { scrollLeft } = element;
      const playhead = toX({ duration, width: before }, app.session.getState().time) - scrollLeft;
      const seen = playhead >= 0 && playhead <= next.windowWidth ? playhead : next.windowWidth / 2;
      const goal =
        before === after
          ? null
          : { left: scrollForZoom(before, after, scrollLeft, pointer ?? seen) };
      view.setState({ ...next, left: goal?.left ?? scrollLeft, goal });
    };
    let pointer: number | null = null;
    const forget = app.session.subscribe((state) => {
      if (state.zoom !== view.getState().zoom) {
        change({ zoom: state.zoom }, pointer);
      }
    });
    const observer = new ResizeObserver(() => {
      const { zoom: wanted } = app.session.getState();
      change({ zoom: wanted, windowWidth: element.clientWidth - labels() }, null);
    });
    observer.observe(element);
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        pointer = event.clientX - element.getBoundingClientRect().left - labels() - MARGIN;
        const fit = fitOf(view.getState().windowWidth);
        app.session.setState((state) => ({
          zoom: clampZoom(state.zoom * Math.exp(-event.deltaY / 240), fit, count),
        }));
        pointer = null;
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      forget();
      observer.disconnect();
      element.removeEventListener('wheel', onWheel);
    };
  }, [app, view, duration, count, scroller]);
  useLayoutEffect(() => {
    if (goal !== null) {
      scroller.current?.scrollTo(goal);
    }
  }, [scroller, goal]);
  const onScroll = useCallback(() => {
    const now = scroller.current?.scrollLeft ?? 0;
    if (tileOf(now) !== tileOf(view.getState().left)) {
      view.setState({ left: now });
    }
  }, [view, scroller]);
  const tile = tileOf(left);
  return {
    width: fitOf(windowWidth) * allowed,
    from: (tile - 1) * TILE_PX - MARGIN,
    to: (tile + 2) * TILE_PX - MARGIN + windowWidth,
    onScroll,
  };
}

/** Width of a sequence of `count` frames. */
function widthOf({ zoom, windowWidth }: View, count: number): number {
  const fit = fitOf(windowWidth);
  return fit * clampZoom(zoom, fit, count);
}

/** Width at which all of the sequence is in the window. */
function fitOf(windowWidth: number): number {
  return Math.max(100, windowWidth - 2 * MARGIN);
}

function tileOf(left: number): number {
  return Math.floor(left / TILE_PX);
}
