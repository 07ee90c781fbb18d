import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  easeKeyframe,
  keyframesAround,
  moveKeyframe,
  putKeyframe,
  raiseKeyframes,
  removeKeyframe,
} from './amount.ts';
import type { Keyframe } from './document.ts';
import { evaluateAmount } from './evaluate.ts';
import { arbitraryAmount } from './testing/arbitraries.ts';

const FADE: readonly Keyframe[] = [
  { time: 0, value: 0 },
  { time: 100, value: 1, easing: 'ease' },
  { time: 200, value: 0.5 },
];

function isAmount(keyframes: readonly Keyframe[]): boolean {
  return (
    keyframes.length > 0 &&
    keyframes.every(
      ({ time, value }, i) => value >= 0 && value <= 1 && time > (keyframes[i - 1]?.time ?? -1),
    )
  );
}

describe('keyframes of an amount', () => {
  it('are put in order of time, and change in place', () => {
    expect(putKeyframe(FADE, { time: 50, value: 0.2 }).map(({ time }) => time)).toEqual([
      0, 50, 100, 200,
    ]);
    expect(putKeyframe(FADE, { time: 100, value: 0.3 })[1]).toEqual({
      time: 100,
      value: 0.3,
      easing: 'ease',
    });
  });

  it('move past their neighbours, and take the place of one they land on', () => {
    expect(moveKeyframe(FADE, 1, { time: 300, value: 2 })).toEqual([
      { time: 0, value: 0 },
      { time: 200, value: 0.5 },
      { time: 300, value: 1, easing: 'ease' },
    ]);
    expect(moveKeyframe(FADE, 1, { time: 200, value: 0.1 })).toEqual([
      { time: 0, value: 0 },
      { time: 200, value: 0.1, easing: 'ease' },
    ]);
  });

  it('stay at least one', () => {
    expect(removeKeyframe(FADE, 1)).toHaveLength(2);
    expect(removeKeyframe([{ time: 5, value: 1 }], 0)).toHaveLength(1);
  });

  it('are raised together as far as each can go', () => {
    expect(keyframesAround(FADE, 150)).toEqual([1, 2]);
    expect(keyframesAround(FADE, 200)).toEqual([2]);
    expect(keyframesAround([{ time: 50, value: 1 }], 0)).toEqual([0]);
    expect(raiseKeyframes(FADE, [1, 2], 0.25).map(({ value }) => value)).toEqual([0, 1, 0.75]);
  });

  it('ease into the next one', () => {
    expect(evaluateAmount(FADE, 50)).toBe(0.5);
    expect(evaluateAmount(easeKeyframe(FADE, 0, 'hold'), 99)).toBe(0);
    expect(evaluateAmount(easeKeyframe(FADE, 0, 'ease'), 25)).toBeCloseTo(0.15625);
  });

  it('remain an amount, whatever is done to them', () => {
    fc.assert(
      fc.property(
        arbitraryAmount,
        fc.nat(4),
        fc.nat(2 ** 40),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (keyframes, at, time, value) => {
          const index = at % keyframes.length;
          expect(isAmount(putKeyframe(keyframes, { time, value }))).toBe(true);
          expect(isAmount(moveKeyframe(keyframes, index, { time, value }))).toBe(true);
          expect(isAmount(removeKeyframe(keyframes, index))).toBe(true);
          expect(isAmount(raiseKeyframes(keyframes, keyframesAround(keyframes, time), value))).toBe(
            true,
          );
        },
      ),
    );
  });
});
