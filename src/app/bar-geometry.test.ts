import { describe, expect, it } from 'vitest';
import { amountOfDistance, amountOfY, amountPath, amountToY, dropPlace } from './bar-geometry.ts';

const x = (time: number): number => time / 10;

describe('the amount on a bar', () => {
  it('stands high where it is all, and is read back where it stands', () => {
    expect(amountToY(1, 44)).toBe(7);
    expect(amountToY(0, 44)).toBe(37);
    for (const value of [0, 0.25, 0.8, 1]) {
      expect(amountOfY(amountToY(value, 44), 44)).toBe(value);
    }
    expect(amountOfY(-50, 44)).toBe(1);
    expect(amountOfDistance(15, 44)).toBe(-0.5);
  });

  it('is a line through its keyframes, level outside of them', () => {
    const keyframes = [
      { time: 100, value: 0 },
      { time: 200, value: 1 },
    ];
    expect(amountPath(keyframes, { from: 0, to: 300 }, x, 44)).toBe('M 0 37 L 10 37 L 20 7 L 30 7');
    expect(amountPath(keyframes, { from: 150, to: 180 }, x, 44)).toBe('M 15 22 L 18 13');
  });

  it('holds and eases', () => {
    const hold = [
      { time: 0, value: 0, easing: 'hold' },
      { time: 100, value: 1 },
    ] as const;
    expect(amountPath(hold, { from: 0, to: 200 }, x, 44)).toBe('M 0 37 L 10 37 L 10 7 L 20 7');
    const ease = [{ ...hold[0], easing: 'ease' }, hold[1]] as const;
    const path = amountPath(ease, { from: 0, to: 100 }, x, 44);
    expect(path.split('L')).toHaveLength(13);
    expect(path).toContain('L 5 22');
    expect(path.endsWith('L 10 7')).toBe(true);
  });
});

describe('a lane that is dragged', () => {
  it('lands between the middles of the others', () => {
    const middles = [10, 60, 110];
    expect([0, 30, 70, 500].map((y) => dropPlace(middles, y))).toEqual([0, 1, 2, 2]);
    expect(dropPlace([], 5)).toBe(0);
  });
});
