import type { OpenClip } from '../../app/state/session-store.ts';
import { toX, type TimelineScale } from '../../app/timeline-scale.ts';
import type { PlacedPiece } from '../../project/sequence.ts';

/** Lanes are drawn in steps of this many pixels, one step beyond the window: scrolling in between draws nothing anew. */
export const TILE_PX = 512;

/** What lanes need to draw only what is on screen. */
export type LaneWindow = {
  /** The clip under the playhead; where a lane shows one clip by itself, that one. */
  readonly clip: OpenClip;
  /** Of the sequence; where a lane shows one clip by itself, of its clip time. */
  readonly scale: TimelineScale;
  /** Visible part of the lane in lane pixels, with some to spare on both sides. */
  readonly from: number;
  readonly to: number;
};

/** The stretch of the sequence's lane that a piece takes, as a lane of its clip. */
export function pieceLane(
  lane: LaneWindow,
  clip: OpenClip,
  { piece, begin }: PlacedPiece,
): LaneWindow {
  const { duration } = clip.info;
  const perMicrosecond = lane.scale.duration <= 0 ? 0 : lane.scale.width / lane.scale.duration;
  const scale = { duration, width: perMicrosecond * duration };
  const shift = toX(lane.scale, begin) - toX(scale, piece.from);
  return { clip, scale, from: lane.from - shift, to: lane.to - shift };
}
