import { must } from '../base/assert.ts';
import type { Microseconds } from '../base/units.ts';
import { frameAt, frameRange } from './frames.ts';
import {
  pieceAt,
  toClipTime,
  toSequenceTime,
  type PlacedPiece,
  type Sequence,
} from './sequence.ts';

/** Times of a clip's frames, ascending; undefined where the clip is not open. */
export type TimesOf = (clipId: string) => ArrayLike<Microseconds> | undefined;

export type FramedPiece = PlacedPiece & {
  /** Number within the clip of the first frame it shows. */
  readonly first: number;
  readonly count: number;
  /** Number within the sequence of its first frame. */
  readonly at: number;
  readonly times: ArrayLike<Microseconds>;
};

/** The frames of a sequence, numbered through. */
export type SequenceFrames = {
  readonly sequence: Sequence;
  readonly pieces: readonly FramedPiece[];
  readonly count: number;
};

export type FramePlace = {
  readonly placed: FramedPiece;
  /** Number within the clip. */
  readonly frame: number;
  /** Number within the sequence. */
  readonly index: number;
  /** Sequence time at which it begins. */
  readonly time: Microseconds;
};

/** Numbers the frames of all pieces. Those of clips that are not open have none. */
export function numberFrames(sequence: Sequence, timesOf: TimesOf): SequenceFrames {
  let count = 0;
  const pieces = sequence.pieces.map((placed): FramedPiece => {
    const times = timesOf(placed.piece.clipId) ?? [];
    const { from, to } = frameRange(times, placed.piece);
    const at = count;
    count += to - from;
    return { ...placed, first: from, count: to - from, at, times };
  });
  return { sequence, pieces, count };
}

/** The frame on screen at a sequence time, held at both ends; null if the piece there has no frames. */
export function frameOfTime(frames: SequenceFrames, time: Microseconds): FramePlace | null {
  const found = pieceAt(frames.sequence, time);
  const placed = found === null ? undefined : frames.pieces[found.index];
  if (placed === undefined || placed.count === 0) {
    return null;
  }
  const frame = frameAt(placed.times, toClipTime(placed, time));
  return placeOf(placed, frame - placed.first);
}

/** The frame of a number within the sequence, held at both ends; null if there is none. */
export function frameOfIndex({ pieces, count }: SequenceFrames, index: number): FramePlace | null {
  const wanted = Math.min(Math.max(0, index), count - 1);
  const placed = pieces.findLast((one) => one.count > 0 && one.at <= wanted);
  return placed === undefined ? null : placeOf(placed, wanted - placed.at);
}

/** Where frame `index` of the sequence begins; its end for the number after the last one. */
export function frameBegin(frames: SequenceFrames, index: number): Microseconds {
  return index >= frames.count
    ? frames.sequence.duration
    : (frameOfIndex(frames, index)?.time ?? 0);
}

/** The frame boundary nearest to a sequence time, both ends included. */
export function nearestBoundary(frames: SequenceFrames, time: Microseconds): Microseconds {
  const here = frameOfTime(frames, time);
  if (here === null) {
    return Math.min(Math.max(0, time), frames.sequence.duration);
  }
  const next = frameBegin(frames, here.index + 1);
  return time - here.time <= next - time ? here.time : next;
}

function placeOf(placed: FramedPiece, offset: number): FramePlace {
  const inside = Math.min(Math.max(0, offset), placed.count - 1);
  const frame = placed.first + inside;
  const time = toSequenceTime(placed, must(placed.times[frame], 'a frame time'));
  return { placed, frame, index: placed.at + inside, time: Math.max(time, placed.begin) };
}
