import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import type { TimeSpan } from '../../base/units.ts';
import { pause, seekTime, setDraftSpan } from '../../app/commands/transport-commands.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { spanBetween, tenths } from '../../app/time.ts';
import { toX } from '../../app/timeline-scale.ts';
import { toSequenceTime, type PlacedPiece } from '../../project/sequence.ts';
import { useApp, useSession } from '../context.ts';
import type { LaneWindow } from './lane-window.ts';
import { useDrag, type DragMove } from './use-drag.ts';
import { useSnapping } from './use-snapping.ts';

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
  const pressed = useRef(0);
  const snapping = useSnapping();
  const [dragged, setDragged] = useState<TimeSpan | null>(null);
  const chosen = useSession((state) => (state.clip?.id === clip.id ? state.draft.span : null));
  const spanOf = ({ by, free }: DragMove): TimeSpan => {
    const start = pressed.current;
    const reach = { least: piece.from - start, most: piece.to - start };
    const moved = snapping.move({ edges: [start], by: by * perPixel, ...reach, perPixel, free });
    return spanBetween(clip.times, duration, start, start + moved);
  };
  const end = (): void => {
    setDragged(null);
    snapping.release();
  };
  const { onPointerDown, ...others } = useDrag({
    onStart: () => {
      snapping.hold(piece.id, { kind: 'span' });
    },
    onMove: (move) => {
      setDragged(spanOf(move));
    },
    onDrop: (move) => {
      const chosenNow = spanOf(move);
      end();
      if (app.session.getState().clip?.id !== clip.id) {
        // A span belongs to the clip under the playhead.
        seekTime(app, toSequenceTime(placed, pressed.current));
      }
      setDraftSpan(app, chosenNow);
    },
    onClick: () => {
      seekTime(app, toSequenceTime(placed, pressed.current));
      app.session.setState({ selectedEdit: null, selectedPiece: null });
    },
    onCancel: end,
  });
  return (
    <div
      className="piece__body"
      onPointerDown={(event: PointerEvent) => {
        const box = event.currentTarget.getBoundingClientRect();
        pressed.current = Math.round(piece.from + (event.clientX - box.left) * perPixel);
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
  const snapping = useSnapping();
  const resize = ({ by, free }: DragMove): void => {
    const { duration } = clip.info;
    const perPixel = scale.duration / scale.width;
    const edge = start.current[drag.current];
    const reach = { least: 0 - edge, most: duration - edge };
    const moved = snapping.move({ edges: [edge], by: by * perPixel, ...reach, perPixel, free });
    const other = start.current[drag.current === 'from' ? 'to' : 'from'];
    setDraftSpan(app, spanBetween(clip.times, duration, edge + moved, other));
  };
  const { onPointerDown, ...others } = useDrag({
    onStart: () => {
      snapping.hold(piece.id, { kind: 'span' });
    },
    onMove: resize,
    onDrop: (move) => {
      resize(move);
      snapping.release();
    },
    onCancel: () => {
      setDraftSpan(app, start.current);
      snapping.release();
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
  const end = toX(scale, piece.to) - origin;
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
        <span className="chosen-span__text" data-beside={besideOf(left, right, end)}>
          {tenths(span.from)} – {tenths(span.to)} s
        </span>
        {span.to === to ? grip('to') : null}
      </span>
    </>
  );
}

/** Pixels that a span's times take. */
const TIMES_WIDTH = 104;

/** On which side of a short span its times stand, where its own grips would lie over them. */
function besideOf(left: number, right: number, end: number): 'after' | 'before' | undefined {
  if (right - left >= TIMES_WIDTH) {
    return undefined;
  }
  return right + TIMES_WIDTH <= end ? 'after' : 'before';
}
