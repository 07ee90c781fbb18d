import { Film } from 'lucide-react';
import { useMemo, useRef, useState, type PointerEvent } from 'react';
import type { TimeSpan } from '../../base/units.ts';
import { frameAt } from '../../project/frames.ts';
import { pause, seekFrame, setDraftSpan } from '../../app/commands/transport-commands.ts';
import { spanBetween, tenths } from '../../app/time.ts';
import { toTime, toX } from '../../app/timeline-scale.ts';
import type { View } from '../../protocol/preview.ts';
import { useApp, useProject, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Strip } from './strip.tsx';
import type { LaneWindow } from './timeline.tsx';

const HEIGHT = 56;
/** A press that moves less is a click. */
const CLICK_PX = 4;

/** The clip itself. A click moves the playhead, a drag chooses the span of the next edit. */
export function ClipLane({ lane }: { lane: LaneWindow }) {
  const app = useApp();
  const { clip, scale } = lane;
  const [dragged, setDragged] = useState<TimeSpan | null>(null);
  const press = useRef<{ x: number; time: number } | null>(null);
  const chosen = useSession((state) => state.draft.span);
  const view = useSourceView();
  const { duration } = clip.info;
  const whole = useMemo(() => ({ from: 0, to: duration }), [duration]);
  const timeUnder = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return toTime(scale, event.clientX - box.left);
  };
  const drag = (event: PointerEvent): void => {
    const start = press.current;
    if (start !== null && (dragged !== null || Math.abs(event.clientX - start.x) > CLICK_PX)) {
      setDragged(spanBetween(clip.times, clip.info.duration, start.time, timeUnder(event)));
    }
  };
  const drop = (event: PointerEvent): void => {
    const start = press.current;
    press.current = null;
    if (dragged !== null) {
      setDraftSpan(app, dragged);
      setDragged(null);
    } else if (start !== null) {
      seekFrame(app, frameAt(clip.times, timeUnder(event)));
      app.session.setState({ selectedEdit: null });
    }
  };
  return (
    <div className="lane lane--clip">
      <div className="lane__label" title={clip.info.name}>
        <Icon of={Film} size={14} />
        <span className="one-line">{clip.info.name}</span>
      </div>
      <div className="lane__body">
        <div
          className="clip-bar"
          style={{ width: `${scale.width}px`, height: `${HEIGHT}px` }}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            press.current = { x: event.clientX, time: timeUnder(event) };
            pause(app);
          }}
          onPointerMove={drag}
          onPointerUp={drop}
          onPointerCancel={() => {
            press.current = null;
            setDragged(null);
          }}
        >
          <Strip lane={lane} name="source" span={whole} height={HEIGHT} view={view} only={null} />
          <ChosenSpan lane={lane} span={dragged ?? chosen} />
        </div>
      </div>
    </div>
  );
}

/** Thumbnails of the clip without edits. */
function useSourceView(): View | null {
  const project = useProject();
  const id = project?.id;
  return useMemo(
    () =>
      project === null
        ? null
        : { project: { ...project, edits: [] }, results: [], frame: 0, split: 1 },
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- edits don't change the source's thumbnails
    [id],
  );
}

function ChosenSpan({ lane, span }: { lane: LaneWindow; span: TimeSpan | null }) {
  const app = useApp();
  const { clip, scale } = lane;
  if (span === null) {
    return null;
  }
  const left = toX(scale, span.from);
  const right = toX(scale, span.to);
  const resize = (end: 'from' | 'to') => (event: PointerEvent) => {
    const bar = event.currentTarget.closest('.clip-bar');
    if (bar === null || !event.currentTarget.hasPointerCapture(event.pointerId)) {
      return;
    }
    const time = toTime(scale, event.clientX - bar.getBoundingClientRect().left);
    const other = end === 'from' ? span.to : span.from;
    setDraftSpan(app, spanBetween(clip.times, clip.info.duration, time, other));
  };
  const grip = (end: 'from' | 'to') => (
    <span
      className={`span-grip span-grip--${end}`}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={resize(end)}
      onPointerUp={(event) => {
        event.stopPropagation();
      }}
    />
  );
  return (
    <>
      <span className="outside-span" style={{ left: 0, width: `${left}px` }} />
      <span className="outside-span" style={{ left: `${right}px`, right: 0 }} />
      <span className="chosen-span" style={{ left: `${left}px`, width: `${right - left}px` }}>
        {grip('from')}
        <span className="chosen-span__text">
          {tenths(span.from)} – {tenths(span.to)} s
        </span>
        {grip('to')}
      </span>
    </>
  );
}
