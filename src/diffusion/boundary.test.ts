import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spaceRamp, timeRamp } from './boundary.ts';

describe('timeRamp', () => {
  it('rises by equal parts to one at the last step, or earlier where it is shorter', () => {
    expect([0, 1, 2, 3].map((i) => timeRamp(i, 4))).toEqual([0.25, 0.5, 0.75, 1]);
    expect([0, 1, 2, 3].map((i) => timeRamp(i, 4, 2))).toEqual([0.5, 1, 1, 1]);
    expect([0, 1].map((i) => timeRamp(i, 2, 1))).toEqual([1, 1]);
    expect([0, 1].map((i) => timeRamp(i, 2, 4))).toEqual([0.25, 0.5]);
  });
});

describe('spaceRamp', () => {
  it('rises from the rim inwards and leaves the picture’s border alone', () => {
    const row = Float32Array.of(1, 1, 1, 1, 0, 0, 0.5, 1);
    expect([...spaceRamp(row, 8, 4)]).toEqual([1, 0.75, 0.5, 0.25, 0, 0, 0.125, 0.5]);
    const column = Float32Array.of(0, 1, 1, 1);
    expect([...spaceRamp(column, 1, 2)]).toEqual([0, 0.5, 1, 1]);
  });

  it('leaves a mask of ones and one of zeros as they are', () => {
    for (const value of [0, 1]) {
      const mask = new Float32Array(15).fill(value);
      expect(spaceRamp(mask, 5, 3)).toEqual(mask);
    }
  });

  it('is the mask times the capped distance to the nearest place outside, for any mask', () => {
    const cell = fc.constantFrom(0, 0, 0.25, 0.5, 1, 1);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.array(cell, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (width, cells, length) => {
          const height = Math.max(1, Math.floor(cells.length / width));
          const mask = Float32Array.from({ length: width * height }, (_, i) => cells[i] ?? 1);
          const outside = [...mask.keys()].filter((i) => mask[i] === 0);
          const expected = mask.map((value, i) => {
            const distances = outside.map((o) =>
              Math.hypot((i % width) - (o % width), Math.floor(i / width) - Math.floor(o / width)),
            );
            return value * Math.min(1, Math.min(...distances, Infinity) / length);
          });
          const made = spaceRamp(mask, width, length);
          made.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 6));
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });
});
