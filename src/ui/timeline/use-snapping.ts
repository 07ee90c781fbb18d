import { useRef } from 'react';
import type { Microseconds } from '../../base/units.ts';
import { SNAP_PX, snapDrag, snapTargets, type Dragged } from '../../app/snapping.ts';
import { findPiece, layOut } from '../../project/sequence.ts';
import { useApp } from '../context.ts';

type Held = {
  readonly targets: readonly Microseconds[];
  /** From clip time to sequence time, where the drag takes place. */
  readonly offset: Microseconds;
};

export type SnapMove = {
  /** In clip time, as they lay at the press. */
  readonly edges: readonly Microseconds[];
  readonly by: Microseconds;
  readonly least: Microseconds;
  readonly most: Microseconds;
  readonly perPixel: number;
  /** Jumps to nothing, just this time. */
  readonly free: boolean;
};

/** The snapping of one drag: `hold` when it begins, `move` with it, `release` when it is over, however it ended. */
export function useSnapping() {
  const app = useApp();
  const held = useRef<Held>({ targets: [], offset: 0 });
  return {
    /** `pieceId` is the piece in which it is dragged. */
    hold: (pieceId: string, dragged: Dragged): void => {
      const project = app.project.current;
      const { time, clip, draft, spans, snaps } = app.session.getState();
      if (project === null) {
        return;
      }
      const placed = findPiece(layOut(project.pieces), pieceId);
      const chosen = clip === null ? spans : { ...spans, [clip.id]: draft.span };
      const marks = Object.entries(chosen).flatMap(([clipId, span]) =>
        span === null ? [] : [{ clipId, span }],
      );
      held.current = {
        targets: snaps ? snapTargets(project, { playhead: time, spans: marks }, dragged) : [],
        offset: placed === null ? 0 : placed.begin - placed.piece.from,
      };
    },
    /** How far it goes instead of `by`; what it meets is marked. */
    move: ({ edges, free, ...move }: SnapMove): Microseconds => {
      const { targets, offset } = held.current;
      const snapped = snapDrag({
        ...move,
        edges: edges.map((edge) => edge + offset),
        targets: free ? [] : targets,
        tolerancePx: SNAP_PX,
      });
      mark(snapped.target);
      return snapped.by;
    },
    release: (): void => {
      mark(null);
    },
  };
  function mark(snapLine: Microseconds | null): void {
    if (app.session.getState().snapLine !== snapLine) {
      app.session.setState({ snapLine });
    }
  }
}
