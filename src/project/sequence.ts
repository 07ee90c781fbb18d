import type { Microseconds, TimeSpan } from '../base/units.ts';

/** A stretch of a clip as it stands in the sequence. Clip time, half-open, both ends on frames of the clip. */
export type Piece = {
  readonly id: string;
  readonly clipId: string;
  readonly from: Microseconds;
  readonly to: Microseconds;
};

/** The `to` of a piece that reaches to its clip's end while nobody has opened the clip; see `fitPieces`. */
export const CLIP_END: Microseconds = Number.MAX_SAFE_INTEGER;

/** A piece and where it stands: sequence time, half-open. */
export type PlacedPiece = {
  readonly piece: Piece;
  /** Place in playing order. */
  readonly index: number;
  readonly begin: Microseconds;
  readonly end: Microseconds;
};

/** Pieces one behind the other: there are no gaps. */
export type Sequence = {
  readonly pieces: readonly PlacedPiece[];
  readonly duration: Microseconds;
};

const laidOut = new WeakMap<readonly Piece[], Sequence>();

/** Where every piece stands. The same object for the same array. */
export function layOut(pieces: readonly Piece[]): Sequence {
  const known = laidOut.get(pieces);
  if (known !== undefined) {
    return known;
  }
  let duration = 0;
  const placed = pieces.map((piece, index) => {
    const begin = duration;
    duration += piece.to - piece.from;
    return { piece, index, begin, end: duration };
  });
  const sequence = { pieces: placed, duration };
  laidOut.set(pieces, sequence);
  return sequence;
}

/** The piece that plays at a sequence time; the first one before 0, the last one from the end on; null if there is none. */
export function pieceAt({ pieces }: Sequence, time: Microseconds): PlacedPiece | null {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time < (pieces[middle]?.end ?? Infinity)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return pieces[low] ?? null;
}

export function findPiece({ pieces }: Sequence, id: string | null): PlacedPiece | null {
  return pieces.find(({ piece }) => piece.id === id) ?? null;
}

/** Clip time of a sequence time within a piece. Beyond its ends it goes on as if the piece did. */
export function toClipTime({ piece, begin }: PlacedPiece, time: Microseconds): Microseconds {
  return time - begin + piece.from;
}

export function toSequenceTime({ piece, begin }: PlacedPiece, time: Microseconds): Microseconds {
  return time - piece.from + begin;
}

/** Where a piece shows a part of a span of its clip. */
export type Occurrence = {
  readonly placed: PlacedPiece;
  /** The part in clip time. */
  readonly clip: TimeSpan;
  /** The same in sequence time. */
  readonly sequence: TimeSpan;
};

/** Every place in the sequence where a span of a clip is seen, in playing order. */
export function occurrences(sequence: Sequence, clipId: string, span: TimeSpan): Occurrence[] {
  return sequence.pieces.flatMap((placed) => {
    const { piece } = placed;
    const from = Math.max(span.from, piece.from);
    const to = Math.min(span.to, piece.to);
    if (piece.clipId !== clipId || from >= to) {
      return [];
    }
    const whole = { from: toSequenceTime(placed, from), to: toSequenceTime(placed, to) };
    return [{ placed, clip: { from, to }, sequence: whole }];
  });
}

/** Where a clip time is seen: in `preferred` if it is, else in the first piece that shows it; null if none does. */
export function findTime(
  sequence: Sequence,
  clipId: string,
  time: Microseconds,
  preferred: string | null = null,
): Microseconds | null {
  const shows = ({ piece }: PlacedPiece): boolean =>
    piece.clipId === clipId && time >= piece.from && time < piece.to;
  const own = findPiece(sequence, preferred);
  const found = own !== null && shows(own) ? own : sequence.pieces.find(shows);
  return found === undefined ? null : toSequenceTime(found, time);
}
