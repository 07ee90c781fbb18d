import type { Microseconds } from '../base/units.ts';
import { findPiece, type Sequence } from '../project/sequence.ts';

/** Where a piece that is dragged to a sequence time would go. */
export type DropPlace = {
  /** Place in the playing order, counted without it. */
  readonly to: number;
  /** Sequence time of the gap that would open. */
  readonly at: Microseconds;
};

/** A piece goes in front of the first other one whose middle lies behind the pointer. */
export function dropPlace(sequence: Sequence, pieceId: string, time: Microseconds): DropPlace {
  const others = sequence.pieces.filter(({ piece }) => piece.id !== pieceId);
  const before = others.findIndex(({ begin, end }) => time < (begin + end) / 2);
  const to = before < 0 ? others.length : before;
  const own = findPiece(sequence, pieceId);
  // Around its own place no gap opens elsewhere than where it stands.
  const at = others[to]?.begin ?? sequence.duration;
  return { to, at: own !== null && own.index === to ? own.begin : at };
}
