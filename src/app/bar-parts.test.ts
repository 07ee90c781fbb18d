import { describe, expect, it } from 'vitest';
import { barParts } from './bar-parts.ts';
import { toX } from './timeline-scale.ts';

const clip = { id: 'a', duration: 1000 };
const lane = { scale: { duration: 2000, width: 400 }, from: 0, to: 400 };

describe('the parts of an edit’s bar', () => {
  it('is one where the clip is whole', () => {
    const pieces = [{ id: 'p', clipId: 'a', from: 0, to: 1000 }];
    const [part, ...others] = barParts(lane, pieces, clip, { from: 100, to: 600 });
    expect(others).toEqual([]);
    expect(part).toMatchObject({ left: 20, width: 100, isFirst: true, isLast: true });
    expect(part?.lane.from).toBe(0);
  });

  it('stands wherever the cut shows its span, on the clip’s own scale', () => {
    const pieces = [
      { id: 'p', clipId: 'a', from: 500, to: 1000 },
      { id: 'q', clipId: 'b', from: 0, to: 300 },
      { id: 'r', clipId: 'a', from: 0, to: 500 },
    ];
    const parts = barParts(lane, pieces, clip, { from: 400, to: 700 });
    expect(parts.map(({ span, left, width }) => [span.from, span.to, left, width])).toEqual([
      [500, 700, 0, 40],
      [400, 500, 240, 20],
    ]);
    expect(parts.map(({ isFirst, isLast }) => [isFirst, isLast])).toEqual([
      [false, true],
      [true, false],
    ]);
    const [, second] = parts;
    // What begins at the bar's left edge begins at the same place of its own lane.
    expect(toX(second?.lane.scale ?? lane.scale, 400)).toBe(80);
    expect(second?.lane.from).toBe(80 - 240);
  });

  it('is nowhere in a cut without it', () => {
    const pieces = [{ id: 'p', clipId: 'a', from: 0, to: 300 }];
    expect(barParts(lane, pieces, clip, { from: 400, to: 700 })).toEqual([]);
  });
});
