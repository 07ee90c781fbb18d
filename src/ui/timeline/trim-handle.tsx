import { useRef, type KeyboardEvent } from 'react';
import type { TimeSpan } from '../../base/units.ts';
import { trim } from '../../app/commands/cut-commands.ts';
import { snapTargets, snapTo, SNAP_PX } from '../../app/snapping.ts';
import { frameStart, snapToFrame, timecode } from '../../app/time.ts';
import { toClipTime, toSequenceTime, type PlacedPiece } from '../../project/sequence.ts';
import { frameRange } from '../../project/frames.ts';
import { useApp } from '../context.ts';
import type { LaneWindow } from './lane-window.ts';
import { useDrag, type DragMove } from './use-drag.ts';

type TrimHandleProps = {
  readonly side: 'from' | 'to';
  /** Of the piece, for screen readers. */
  readonly name: string;
  /** In time of the piece's clip. */
  readonly lane: LaneWindow;
  readonly placed: PlacedPiece;
  /** By the Tab key: of selected pieces only, else there would be too many stops. */
  readonly isReachable: boolean;
  /** While it is dragged: the ends the piece would get. */
  onTrim(span: TimeSpan | null): void;
};

/** An end of a piece: dragged or moved by arrow keys; always on a frame, and never past the clip's or the piece's other end. */
export function TrimHandle({ side, name, lane, placed, isReachable, onTrim }: TrimHandleProps) {
  const app = useApp();
  const { piece } = placed;
  const { times, info } = lane.clip;
  const frames = frameRange(times, piece);
  const targets = useRef<readonly number[]>([]);
  const spanAt = ({ by, free }: DragMove): TimeSpan => {
    const perPixel = lane.scale.duration / lane.scale.width;
    const dragged = piece[side] + by * perPixel;
    const wanted = toSequenceTime(placed, dragged);
    const reach = free ? 0 : SNAP_PX * perPixel;
    const snapped = toClipTime(placed, snapTo(targets.current, wanted, reach));
    return endAt(snapToFrame(times, info.duration, Math.round(snapped)));
  };
  const endAt = (time: number): TimeSpan =>
    side === 'from'
      ? {
          from: Math.min(Math.max(0, time), frameStart(times, info.duration, frames.to - 1)),
          to: piece.to,
        }
      : {
          from: piece.from,
          to: Math.max(
            Math.min(info.duration, time),
            frameStart(times, info.duration, frames.from + 1),
          ),
        };
  const { onPointerDown, ...others } = useDrag({
    onMove: (move) => {
      onTrim(spanAt(move));
    },
    onDrop: (move) => {
      onTrim(null);
      trim(app, piece.id, spanAt(move));
    },
    onCancel: () => {
      onTrim(null);
    },
  });
  const frame = side === 'from' ? frames.from : frames.to;
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      const next = frame + by * (event.shiftKey ? 10 : 1);
      trim(app, piece.id, endAt(frameStart(times, info.duration, Math.max(0, next))));
    }
  };
  return (
    <span
      className={`trim trim--${side}`}
      role="slider"
      tabIndex={isReachable ? 0 : -1}
      aria-label={`${side === 'from' ? 'Begin' : 'End'} of ${name}`}
      aria-valuemin={side === 'from' ? 0 : frames.from + 1}
      aria-valuemax={side === 'from' ? frames.to - 1 : times.length}
      aria-valuenow={frame}
      aria-valuetext={`${timecode(piece[side], info.frameRate)} of the clip`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        const project = app.project.current;
        targets.current = project === null ? [] : snapTargets(project, app.session.getState().time);
        onPointerDown(event);
      }}
      {...others}
    />
  );
}
