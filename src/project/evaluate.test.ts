import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateAmount } from './evaluate.ts';
import { frameAt, frameRange } from './frames.ts';
import { arbitraryAmount } from './testing/arbitraries.ts';

describe('amount', () => {
  it('is linear between keyframes and held outside', () => {
    const keyframes = [
      { time: 10, value: 0 },
      { time: 20, value: 1 },
      { time: 40, value: 0.5 },
    ];
    const at = (time: number): number => evaluateAmount(keyframes, time);
    expect([0, 10, 15, 20, 30, 40, 99].map(at)).toEqual([0, 0, 0.5, 1, 0.75, 0.5, 0.5]);
  });

  it('stays within its keyframes', () => {
    fc.assert(
      fc.property(arbitraryAmount, fc.integer({ min: 0, max: 2 ** 41 }), (keyframes, time) => {
        const values = keyframes.map(({ value }) => value);
        const value = evaluateAmount(keyframes, time);
        expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
      }),
      { seed: 12 },
    );
  });
});

describe('frames of a span', () => {
  it('are those whose time lies in it, at any rate', () => {
    const someTimes = fc
      .uniqueArray(fc.nat(200), { maxLength: 40 })
      .map((list) => Float64Array.from(list).toSorted());
    fc.assert(
      fc.property(someTimes, fc.nat(210), fc.nat(210), (times, from, to) => {
        const range = frameRange(times, { from, to });
        const inside = [...times.keys()].filter((n) => n >= range.from && n < range.to);
        const expected = [...times.entries()]
          .filter(([, t]) => t >= from && t < to)
          .map(([n]) => n);
        expect(inside).toEqual(expected);
      }),
      { seed: 12 },
    );
  });

  it('hold their end open and their beginning closed', () => {
    expect(frameRange([0, 40, 80, 120], { from: 40, to: 120 })).toEqual({ from: 1, to: 3 });
    expect(frameRange([0, 40], { from: 41, to: 90 })).toEqual({ from: 2, to: 2 });
    expect([-5, 0, 39, 40, 500].map((time) => frameAt([0, 40, 80], time))).toEqual([0, 0, 0, 1, 2]);
  });
});
