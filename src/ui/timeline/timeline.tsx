import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { clampZoom, scrollForZoom, toX, type TimelineScale } from '../../app/timeline-scale.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { useApp, useProject, useSession } from '../context.ts';
import { ClipLane } from './clip-lane.tsx';
import { EditLane } from './edit-lane.tsx';
import { Ruler } from './ruler.tsx';
import './timeline.css';

/** Space left and right of the clip, so that its ends can be grabbed. */
const MARGIN = 16;

/** What lanes need to draw only what is on screen. */
export type LaneWindow = {
  readonly clip: OpenClip;
  readonly scale: TimelineScale;
  /** Visible part of the lane in lane pixels. */
  readonly from: number;
  readonly to: number;
};

export function Timeline({ clip }: { clip: OpenClip }) {
  const edits = useProject()?.edits ?? [];
  const scroller = useRef<HTMLDivElement>(null);
  const view = useTimelineView(clip, scroller);
  const { duration } = clip.info;
  const scale = useMemo(() => ({ duration, width: view.width }), [duration, view.width]);
  const lane: LaneWindow = {
    clip,
    scale,
    from: view.scrollLeft - MARGIN,
    to: view.scrollLeft - MARGIN + view.windowWidth,
  };
  return (
    <section className="timeline" aria-label="Timeline">
      <div ref={scroller} className="timeline__scroller" onScroll={view.onScroll}>
        <div
          className="timeline__content"
          style={{ '--lane-width': `${view.width + 2 * MARGIN}px`, '--margin': `${MARGIN}px` }}
        >
          <Ruler lane={lane} />
          <ClipLane lane={lane} />
          {edits.map((edit, index) => (
            <EditLane key={edit.id} lane={lane} edit={edit} colour={index % 6} />
          ))}
          <Playhead lane={lane} scroller={scroller} />
        </div>
      </div>
    </section>
  );
}

/** Width of the clip at this zoom, and the part of it that is seen. */
function useTimelineView(clip: OpenClip, scroller: React.RefObject<HTMLDivElement | null>) {
  const app = useApp();
  const zoom = useSession((state) => state.zoom);
  const [windowWidth, setWindowWidth] = useState(0);
  const [scrollLeft, setScrollLeft] = useState(0);
  const fit = Math.max(100, windowWidth - 2 * MARGIN);
  const width = fit * clampZoom(zoom, fit, clip.times.length);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return undefined;
    }
    const measure = (): void => {
      const labels = element.querySelector('.lane__label')?.getBoundingClientRect().width ?? 0;
      setWindowWidth(element.clientWidth - labels);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        app.session.setState((state) => ({
          zoom: clampZoom(state.zoom * Math.exp(-event.deltaY / 240), fit, clip.times.length),
        }));
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', onWheel);
    };
  }, [app, clip, fit, scroller]);
  useKeepInPlace(clip, scroller, width, windowWidth);
  const onScroll = useCallback(() => {
    setScrollLeft(scroller.current?.scrollLeft ?? 0);
  }, [scroller]);
  return { width, windowWidth, scrollLeft, onScroll };
}

/** Zooming keeps the playhead where it is on screen. */
function useKeepInPlace(
  clip: OpenClip,
  scroller: React.RefObject<HTMLDivElement | null>,
  width: number,
  windowWidth: number,
): void {
  const app = useApp();
  const before = useRef(width);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && before.current !== width) {
      const { frame } = app.session.getState();
      const scale = { duration: clip.info.duration, width: before.current };
      const anchor = toX(scale, clip.times[frame] ?? 0) - element.scrollLeft;
      const isSeen = anchor >= 0 && anchor <= windowWidth;
      element.scrollTo({
        left: scrollForZoom(
          before.current,
          width,
          element.scrollLeft,
          isSeen ? anchor : windowWidth / 2,
        ),
      });
      before.current = width;
    }
  }, [app, clip, scroller, width, windowWidth]);
}

function Playhead({
  lane,
  scroller,
}: {
  lane: LaneWindow;
  scroller: React.RefObject<HTMLDivElement | null>;
}) {
  const frame = useSession((state) => state.frame);
  const playing = useSession((state) => state.playing);
  const x = toX(lane.scale, lane.clip.times[frame] ?? 0);
  useEffect(() => {
    // While playing the window follows the playhead by whole pages.
    const element = scroller.current;
    if (playing && element !== null && (x > lane.to - 24 || x < lane.from)) {
      element.scrollTo({ left: Math.max(0, x - 24) });
    }
  }, [playing, x, lane.from, lane.to, scroller]);
  return <div className="playhead" style={{ '--x': `${x}px` }} aria-hidden="true" />;
}
