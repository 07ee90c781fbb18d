import type { TimeSpan } from '../base/units.ts';
import type { Piece } from '../project/sequence.ts';
import { layOut, occurrences } from '../project/sequence.ts';
import { toX, type TimelineScale } from './timeline-scale.ts';

/** A stretch of a lane: its scale, and which part of it is on screen, in lane pixels. */
export type LaneStretch = {
  readonly scale: TimelineScale;
  readonly from: number;
  readonly to: number;
};

/** One place of the sequence where an edit is seen. */
export type BarPart = {
  readonly pieceId: string;
  /** In clip time. */
  readonly span: TimeSpan;
  /** In lane pixels. */
  readonly left: number;
  readonly width: number;
  /** Whether the edit itself begins and ends here, or goes on in another piece or beyond the cut. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** The same stretch of the lane as if it were the clip: its pixels count from the clip's begin. */
  readonly lane: LaneStretch;
};

/** Narrower bars can't be grabbed. */
const LEAST_WIDTH = 6;

/** Where a span of a clip is seen on a lane whose scale is the sequence's. `duration` is the clip's. */
export function barParts(
  lane: LaneStretch,
  pieces: readonly Piece[],
  clip: { readonly id: string; readonly duration: number },
  span: TimeSpan,
): readonly BarPart[] {
  const perMicrosecond = lane.scale.duration <= 0 ? 0 : lane.scale.width / lane.scale.duration;
  const scale = { duration: clip.duration, width: perMicrosecond * clip.duration };
  return occurrences(layOut(pieces), clip.id, span).map((seen) => {
    const left = toX(lane.scale, seen.sequence.from);
    const shift = left - toX(scale, seen.clip.from);
    return {
      pieceId: seen.placed.piece.id,
      span: seen.clip,
      left,
      width: Math.max(LEAST_WIDTH, toX(lane.scale, seen.sequence.to) - left),
      isFirst: seen.clip.from === span.from,
      isLast: seen.clip.to === span.to,
      lane: { scale, from: lane.from - shift, to: lane.to - shift },
    };
  });
}
