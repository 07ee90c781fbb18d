import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addFrames, countWithin, firstMissing, hasFrame, NO_FRAMES } from './frame-ranges.ts';

const frames = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });

describe('frame ranges', () => {
  it('behave as a set of frame numbers', () => {
    fc.assert(
      fc.property(frames, frames, (first, second) => {
        const ranges = addFrames(addFrames(NO_FRAMES, first), second);
        const set = new Set([...first, ...second]);
        const all = Array.from({ length: 42 }, (_, index) => index);
        expect(all.filter((index) => hasFrame(ranges, index))).toEqual(
          all.filter((i) => set.has(i)),
        );
        expect(countWithin(ranges, 5, 20)).toBe(
          all.filter((i) => set.has(i) && i >= 5 && i < 20).length,
        );
        expect(firstMissing(ranges, 5, 20)).toBe(
          all.find((i) => !set.has(i) && i >= 5 && i < 20) ?? null,
        );
      }),
    );
  });

  it('stay few: neighbours merge', () => {
    expect(addFrames(addFrames(NO_FRAMES, [0, 2]), [1])).toEqual([[0, 3]]);
  });
});
