import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeSpan } from '../base/units.ts';
import { createProject } from './commands.ts';
import type { Project } from './document.ts';
import {
  extractSpan,
  fitPieces,
  movePiece,
  removePieces,
  repeatPiece,
  splitPiece,
  trimPiece,
} from './piece-commands.ts';
import {
  frameBegin,
  frameOfIndex,
  frameOfTime,
  nearestBoundary,
  numberFrames,
} from './sequence-frames.ts';
import {
  CLIP_END,
  findTime,
  layOut,
  occurrences,
  pieceAt,
  toClipTime,
  toSequenceTime,
  type Piece,
  type Sequence,
} from './sequence.ts';

/** Small times, so that every one of them can be looked at. */
const LONGEST = 30;
const clipId = fc.constantFrom('a', 'b');
const spanOf = fc
  .tuple(fc.nat(LONGEST), fc.integer({ min: 1, max: LONGEST }))
  .map(([from, length]): TimeSpan => ({ from, to: from + length }));
const piecesOf = fc
  .array(fc.tuple(clipId, spanOf), { minLength: 1, maxLength: 6 })
  .map((list) => list.map(([clip, span], n): Piece => ({ id: `p${n}`, clipId: clip, ...span })));

function projectOf(pieces: readonly Piece[]): Project {
  return { ...createProject('p', 'P'), pieces };
}

/** What is seen at every time of a sequence: the plainest way to say what a cut is. */
function seen(sequence: Sequence): string[] {
  return Array.from({ length: sequence.duration }, (_, time) => {
    const placed = pieceAt(sequence, time);
    return placed === null ? '' : `${placed.piece.clipId}${toClipTime(placed, time)}`;
  });
}

const seenIn = ({ pieces }: Project): string[] => seen(layOut(pieces));
const check = <T>(property: fc.IProperty<T>): void => {
  fc.assert(property, { seed: 7, numRuns: 300 });
};

describe('the sequence', () => {
  it('has no gaps, and every time leads to a piece and back', () => {
    check(
      fc.property(piecesOf, (pieces) => {
        const sequence = layOut(pieces);
        expect(layOut(pieces)).toBe(sequence);
        expect(seen(sequence)).toEqual(
          pieces.flatMap(({ clipId: clip, from, to }) =>
            Array.from({ length: to - from }, (_, n) => `${clip}${from + n}`),
          ),
        );
        for (let time = 0; time < sequence.duration; time++) {
          const placed = pieceAt(sequence, time);
          expect(placed === null ? -1 : toSequenceTime(placed, toClipTime(placed, time))).toBe(
            time,
          );
        }
        expect(pieceAt(sequence, -5)?.index).toBe(0);
        expect(pieceAt(sequence, sequence.duration)?.index).toBe(pieces.length - 1);
      }),
    );
  });

  it('shows a span wherever pieces overlap it, and nowhere else', () => {
    check(
      fc.property(piecesOf, clipId, spanOf, (pieces, clip, span) => {
        const sequence = layOut(pieces);
        const found = occurrences(sequence, clip, span);
        const within = new Set(
          found.flatMap(({ sequence: { from, to } }) =>
            Array.from({ length: to - from }, (_, n) => from + n),
          ),
        );
        for (let time = 0; time < sequence.duration; time++) {
          const placed = pieceAt(sequence, time);
          const at = placed === null ? -1 : toClipTime(placed, time);
          const isInside = placed?.piece.clipId === clip && at >= span.from && at < span.to;
          expect(within.has(time)).toBe(isInside);
        }
        for (const { clip: part, sequence: whole } of found) {
          expect(part.to - part.from).toBe(whole.to - whole.from);
        }
      }),
    );
  });

  it('finds a clip time in the preferred piece, else in the first that shows it', () => {
    const sequence = layOut([
      { id: '1', clipId: 'a', from: 0, to: 10 },
      { id: '2', clipId: 'b', from: 0, to: 10 },
      { id: '3', clipId: 'a', from: 5, to: 15 },
    ]);
    expect(findTime(sequence, 'a', 7)).toBe(7);
    expect(findTime(sequence, 'a', 7, '3')).toBe(22);
    expect(findTime(sequence, 'a', 7, '2')).toBe(7);
    expect(findTime(sequence, 'a', 12)).toBe(27);
    expect(findTime(sequence, 'a', 15)).toBeNull();
  });
});

describe('commands of the cut', () => {
  const chosen = fc.nat(5);

  it('split changes nothing that is seen', () => {
    check(
      fc.property(piecesOf, chosen, fc.nat(70), (pieces, n, at) => {
        const before = projectOf(pieces);
        const pieceId = `p${n % pieces.length}`;
        const { project } = splitPiece(before, { pieceId, at, newId: 'new' });
        expect(seenIn(project)).toEqual(seenIn(before));
        const piece = pieces.find(({ id }) => id === pieceId);
        const isInside = piece !== undefined && at > piece.from && at < piece.to;
        expect(project.pieces.length - pieces.length).toBe(isInside ? 1 : 0);
        expect(project.edits).toBe(before.edits);
      }),
    );
  });

  it('delete closes up: what is left is what was there without the piece', () => {
    check(
      fc.property(piecesOf, chosen, (pieces, n) => {
        const pieceIds = [`p${n % pieces.length}`];
        const left = pieces.filter(({ id }) => !pieceIds.includes(id));
        fc.pre(left.length > 0);
        const { project } = removePieces(projectOf(pieces), { pieceIds });
        expect(seenIn(project)).toEqual(seen(layOut(left)));
      }),
    );
  });

  it('cut out takes exactly the span', () => {
    check(
      fc.property(piecesOf, clipId, spanOf, (pieces, clip, span) => {
        const before = projectOf(pieces);
        const gone = new Set(
          Array.from({ length: span.to - span.from }, (_, n) => `${clip}${span.from + n}`),
        );
        const left = seenIn(before).filter((one) => !gone.has(one));
        fc.pre(left.length > 0);
        const { project } = extractSpan(before, { clipId: clip, span, newId: 'new' });
        expect(seenIn(project)).toEqual(left);
        expect(new Set(project.pieces.map(({ id }) => id)).size).toBe(project.pieces.length);
      }),
    );
  });

  it('the last piece can’t go', () => {
    const only = projectOf([{ id: '1', clipId: 'a', from: 2, to: 4 }]);
    const refusal = expect.objectContaining({ code: 'sequence/last-piece' }) as Error;
    expect(() => removePieces(only, { pieceIds: ['1'] })).toThrow(refusal);
    const span = { from: 0, to: 9 };
    expect(() => extractSpan(only, { clipId: 'a', span, newId: 'new' })).toThrow(refusal);
  });

  it('move keeps the other pieces in order', () => {
    check(
      fc.property(piecesOf, chosen, fc.integer({ min: -2, max: 8 }), (pieces, n, to) => {
        const pieceId = `p${n % pieces.length}`;
        const { project } = movePiece(projectOf(pieces), { pieceId, to });
        const ids = project.pieces.map(({ id }) => id);
        expect(ids.filter((id) => id !== pieceId)).toEqual(
          pieces.map(({ id }) => id).filter((id) => id !== pieceId),
        );
        expect(ids.indexOf(pieceId)).toBe(Math.min(Math.max(0, to), pieces.length - 1));
      }),
    );
  });

  it('trim changes one piece, and never to nothing', () => {
    const before = projectOf([
      { id: '1', clipId: 'a', from: 0, to: 10 },
      { id: '2', clipId: 'b', from: 0, to: 10 },
    ]);
    const { project } = trimPiece(before, { pieceId: '1', span: { from: 3, to: 8 } });
    expect(seenIn(project)).toEqual([...seenIn(before).slice(3, 8), ...seenIn(before).slice(10)]);
    for (const span of [
      { from: 4, to: 4 },
      { from: 9, to: 2 },
      { from: 0, to: Number.NaN },
    ]) {
      expect(() => trimPiece(before, { pieceId: '1', span })).toThrow(
        expect.objectContaining({ code: 'sequence/empty-piece' }),
      );
    }
    const same = trimPiece(before, { pieceId: '1', span: { from: 0, to: 10 } });
    expect(same.project).toBe(before);
  });

  it('repeat shows a piece twice', () => {
    const before = projectOf([{ id: '1', clipId: 'a', from: 2, to: 4 }]);
    const { project } = repeatPiece(before, { pieceId: '1', newId: '2' });
    expect(seenIn(project)).toEqual(['a2', 'a3', 'a2', 'a3']);
  });
});

describe('frames of the sequence', () => {
  const times = Float64Array.from([0, 33_333, 66_667, 100_000, 133_333]);
  const duration = 166_667;
  const timesOf = (clip: string) => (clip === 'a' ? times : undefined);

  it('fits pieces onto frames: an unknown end, ends off the frames, pieces beyond the clip', () => {
    const before = projectOf([
      { id: '1', clipId: 'a', from: 0, to: CLIP_END },
      { id: '2', clipId: 'a', from: 30_000, to: 101_000 },
      { id: '3', clipId: 'a', from: 900_000, to: 910_000 },
      { id: '4', clipId: 'b', from: 1, to: 2 },
    ]);
    const fitted = fitPieces(before, { clipId: 'a', times, duration });
    expect(fitted.pieces).toEqual([
      { id: '1', clipId: 'a', from: 0, to: duration },
      { id: '2', clipId: 'a', from: 33_333, to: 100_000 },
      { id: '4', clipId: 'b', from: 1, to: 2 },
    ]);
    expect(fitPieces(fitted, { clipId: 'a', times, duration })).toBe(fitted);
    const lost = projectOf([{ id: '3', clipId: 'a', from: 900_000, to: 910_000 }]);
    expect(fitPieces(lost, { clipId: 'a', times, duration }).pieces).toEqual([
      { id: '3', clipId: 'a', from: 0, to: duration },
    ]);
  });

  it('numbers frames through, and leads from number to time and back', () => {
    const boundaries = [...times, duration];
    const framed = fc
      .array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 6 })
      .map((list) =>
        list.map(([first, count], n): Piece => {
          const to = boundaries[Math.min(boundaries.length - 1, first + count)] ?? duration;
          return { id: `p${n}`, clipId: 'a', from: boundaries[first] ?? 0, to };
        }),
      );
    check(
      fc.property(framed, (pieces) => {
        const frames = numberFrames(layOut(pieces), timesOf);
        const expected = pieces.reduce(
          (sum, { from, to }) => sum + times.filter((time) => time >= from && time < to).length,
          0,
        );
        expect(frames.count).toBe(expected);
        let before = -1;
        for (let index = 0; index < frames.count; index++) {
          const place = frameOfIndex(frames, index);
          expect(place?.index).toBe(index);
          expect(place?.time).toBeGreaterThan(before);
          before = place?.time ?? before;
          expect(frameOfTime(frames, before)?.index).toBe(index);
          expect(frameOfTime(frames, frameBegin(frames, index + 1) - 1)?.index).toBe(index);
          expect(nearestBoundary(frames, before + 1)).toBe(before);
        }
        expect(frameBegin(frames, frames.count)).toBe(layOut(pieces).duration);
        expect(frameOfIndex(frames, -3)?.index).toBe(0);
        expect(frameOfIndex(frames, Infinity)?.index).toBe(frames.count - 1);
      }),
    );
  });

  it('has none where the clip is not open', () => {
    const frames = numberFrames(layOut([{ id: '1', clipId: 'b', from: 0, to: 5 }]), timesOf);
    expect(frames.count).toBe(0);
    expect(frameOfTime(frames, 3)).toBeNull();
    expect(frameOfIndex(frames, 0)).toBeNull();
  });
});
