import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorFrames, moveAnchor, planAnchors } from './anchors.ts';

const TIMES = Float64Array.from({ length: 20 }, (_, i) => i * 100);
const RANGE = { from: 4, to: 14 };

describe('planAnchors', () => {
  it('rounds half up', () => {
    expect(planAnchors(48, 4)).toEqual([0, 16, 31, 47]);
    expect(planAnchors(6, 3)).toEqual([0, 3, 5]);
    expect(planAnchors(100, 1)).toEqual([0]);
    expect(planAnchors(3, 4)).toEqual([0, 1, 2]);
  });

  it('spreads over the span: ends included, ascending, without repeats', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 16 }),
        (frames, anchors) => {
          const plan = planAnchors(frames, anchors);
          expect(plan).toHaveLength(Math.min(frames, anchors));
          expect(plan[0]).toBe(0);
          expect(plan.every((frame, i) => i === 0 || frame > (plan[i - 1] ?? Infinity))).toBe(true);
          expect(plan.at(-1)).toBe(anchors === 1 ? 0 : frames - 1);
        },
      ),
    );
  });
});

describe('anchorFrames', () => {
  it('spreads them unless they were placed', () => {
    const settings = { mode: 'swap', anchors: 4 } as const;
    expect(anchorFrames(settings, TIMES, RANGE)).toEqual([4, 7, 10, 13]);
    const placed = { ...settings, anchorTimes: [500, 1250] };
    expect(anchorFrames(placed, TIMES, RANGE)).toEqual([5, 12]);
  });

  it('leaves out placed ones outside the frames, and repeats', () => {
    const settings = { mode: 'own+anchors', anchors: 2 } as const;
    const anchorTimes = [100, 620, 650, 1900];
    expect(anchorFrames({ ...settings, anchorTimes }, TIMES, RANGE)).toEqual([6]);
    expect(anchorFrames({ ...settings, anchorTimes: [100] }, TIMES, RANGE)).toEqual([4, 13]);
  });

  it('has one or none in modes that do not spread them', () => {
    const anchorTimes = [500, 1200];
    expect(anchorFrames({ mode: 'first', anchors: 4, anchorTimes }, TIMES, RANGE)).toEqual([4]);
    expect(anchorFrames({ mode: 'previous+first', anchors: 4 }, TIMES, RANGE)).toEqual([4]);
    expect(anchorFrames({ mode: 'independent', anchors: 4 }, TIMES, RANGE)).toEqual([]);
  });
});

describe('moveAnchor', () => {
  it('keeps to its neighbours and to the frames', () => {
    const anchors = [4, 7, 10, 13];
    expect(moveAnchor(anchors, 1, 8, RANGE)).toEqual([4, 8, 10, 13]);
    expect(moveAnchor(anchors, 1, 30, RANGE)).toEqual([4, 9, 10, 13]);
    expect(moveAnchor(anchors, 0, -3, RANGE)).toEqual([4, 7, 10, 13]);
    expect(moveAnchor(anchors, 3, 99, RANGE)).toEqual([4, 7, 10, 13]);
  });

  it('never leaves the order, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 4, max: 13 }), { minLength: 1, maxLength: 8 }),
        fc.nat(7),
        fc.integer({ min: -50, max: 50 }),
        (frames, at, to) => {
          const anchors = frames.toSorted((a, b) => a - b);
          const moved = moveAnchor(anchors, at % anchors.length, to, RANGE);
          expect(moved).toHaveLength(anchors.length);
          expect(moved.every((f, i) => f > (moved[i - 1] ?? 3) && f < 14)).toBe(true);
        },
      ),
    );
  });
});
