import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import type { TimeSpan } from '../../base/units.ts';
import { pause, seekTime, setDraftSpan } from '../../app/commands/transport-commands.ts';
import { snapTargets, snapTo, SNAP_PX } from '../../app/snapping.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { spanBetween, tenths } from '../../app/time.ts';
import { toX } from '../../app/timeline-scale.ts';
import { toClipTime, toSequenceTime, type PlacedPiece } from '../../project/sequence.ts';
import { useApp, useSession } from '../context.ts';
import type { LaneWindow } from './lane-window.ts';
import { useDrag } from './use-drag.ts';

type PieceBodyProps = {
  /** In time of the piece's clip. */
  readonly lane: LaneWindow;
  readonly clip: OpenClip;
  readonly placed: PlacedPiece;
  readonly children: ReactNode;
};

/** The pictures of a piece. A click moves the playhead, a drag chooses the span of the next edit. */
export function PieceBody({ lane, clip, placed, children }: PieceBodyProps) {
  const app = useApp();
  const { piece } = placed;
  const { duration } = clip.info;
  const perPixel = lane.scale.duration / lane.scale.width;
  const press = useRef({ time: 0, targets: [] as readonly number[] });
  const [dragged, setDragged] = useState<TimeSpan | null>(null);
  const chosen = useSession((state) => (state.clip?.id === clip.id ? state.draft.span : null));
  const timeAt = (by: number, free: boolean): number => {
    const wanted = toSequenceTime(placed, press.current.time + by * perPixel);
    const snapped = snapTo(press.current.targets, wanted, free ? 0 : SNAP_PX * perPixel);
    return Math.min(Math.max(toClipTime(placed, snapped), piece.from), piece.to);
  };
  const { onPointerDown, ...others } = useDrag({
    onMove: ({ by, free }) => {
      setDragged(spanBetween(clip.times, duration, press.current.time, timeAt(by, free)));
    },
    onDrop: ({ by, free }) => {
      setDragged(null);
      if (app.session.getState().clip?.id !== clip.id) {
        // A span belongs to the clip under the playhead.
        seekTime(app, toSequenceTime(placed, press.current.time));
      }
      setDraftSpan(app, spanBetween(clip.times, duration, press.current.time, timeAt(by, free)));
    },
    onClick: () => {
      seekTime(app, toSequenceTime(placed, press.current.time));
      app.session.setState({ selectedEdit: null, selectedPiece: null });
    },
    onCancel: () => {
      setDragged(null);
    },
  });
  return (
    <div
      className="piece__body"
      onPointerDown={(event: PointerEvent) => {
        const box = event.currentTarget.getBoundingClientRect();
        const project = app.project.current;
        press.current = {
          time: Math.round(piece.from + (event.clientX - box.left) * perPixel),
          targets: project === null ? [] : snapTargets(project, app.session.getState().time),
        };
        pause(app);
        onPointerDown(event);
      }}
      {...others}
    >
      {children}
      <ChosenSpan lane={lane} placed={placed} span={dragged ?? chosen} />
    </div>
  );
}

type ChosenSpanProps = {
  readonly lane: LaneWindow;
  readonly placed: PlacedPiece;
  readonly span: TimeSpan | null;
};

/** The part of the chosen span that this piece shows; its own ends have grips. */
function ChosenSpan({ lane, placed, span }: ChosenSpanProps) {
  const app = useApp();
  const { piece } = placed;
  const { clip, scale } = lane;
  const start = useRef<TimeSpan>({ from: 0, to: 0 });
  const drag = useRef<'from' | 'to'>('to');
  const resize = ({ by }: { readonly by: number }): void => {
    const { from, to } = start.current;
    const moved = start.current[drag.current] + by * (scale.duration / scale.width);
    const other = drag.current === 'from' ? to : from;
    setDraftSpan(app, spanBetween(clip.times, clip.info.duration, moved, other));
  };
  const { onPointerDown, ...others } = useDrag({
    onMove: resize,
    onDrop: resize,
    onCancel: () => {
      setDraftSpan(app, start.current);
    },
  });
  if (span === null) {
    return null;
  }
  const from = Math.max(span.from, piece.from);
  const to = Math.min(span.to, piece.to);
  if (from >= to) {
    return <span className="outside-span" style={{ inset: 0 }} />;
  }
  const origin = toX(scale, piece.from);
  const left = toX(scale, from) - origin;
  const right = toX(scale, to) - origin;
  const grip = (end: 'from' | 'to') => (
    <span
      className={`span-grip span-grip--${end}`}
      onPointerDown={(event) => {
        start.current = span;
        drag.current = end;
        onPointerDown(event);
      }}
      {...others}
    />
  );
  return (
    <>
      <span className="outside-span" style={{ left: 0, width: `${left}px` }} />
      <span className="outside-span" style={{ left: `${right}px`, right: 0 }} />
      <span className="chosen-span" style={{ left: `${left}px`, width: `${right - left}px` }}>
        {span.from === from ? grip('from') : null}
        <span className="chosen-span__text">
          {tenths(span.from)} – {tenths(span.to)} s
        </span>
        {span.to === to ? grip('to') : null}
      </span>
    </>
  );
}
