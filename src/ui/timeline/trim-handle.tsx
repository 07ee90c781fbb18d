import type { KeyboardEvent } from 'react';
import type { TimeSpan } from '../../base/units.ts';
import { trim } from '../../app/commands/cut-commands.ts';
import { frameStart, snapToFrame, timecode } from '../../app/time.ts';
import { toSequenceTime, type PlacedPiece } from '../../project/sequence.ts';
import { frameRange } from '../../project/frames.ts';
import { useApp } from '../context.ts';
import type { LaneWindow } from './lane-window.ts';
import { useDrag, type DragMove } from './use-drag.ts';
import { useSnapping } from './use-snapping.ts';

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
  const snapping = useSnapping();
  const spanAt = ({ by, free }: DragMove): TimeSpan => {
    const perPixel = lane.scale.duration / lane.scale.width;
    const start = piece[side];
    const reach = { least: 0 - start, most: info.duration - start };
    const moved = snapping.move({ edges: [start], by: by * perPixel, ...reach, perPixel, free });
    return endAt(snapToFrame(times, info.duration, Math.round(start + moved)));
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
  const end = (): void => {
    onTrim(null);
    snapping.release();
  };
  const drag = useDrag({
    onStart: () => {
      snapping.hold(piece.id, { kind: 'trim', time: toSequenceTime(placed, piece[side]) });
    },
    onMove: (move) => {
      onTrim(spanAt(move));
    },
    onDrop: (move) => {
      trim(app, piece.id, spanAt(move));
      end();
    },
    onCancel: end,
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
      {...drag}
    />
  );
}
