import { describe, expect, it } from 'vitest';
import { nextRate } from './playback.ts';

describe('nextRate', () => {
  it('plays on with L and back with J from a standstill', () => {
    expect(nextRate(1, false, 1)).toBe(1);
    expect(nextRate(1, false, -1)).toBe(-1);
  });

  it('steps through the speeds and stops at the ends', () => {
    const up = [1, 2, 4].map((rate) => nextRate(rate, true, 1));
    const down = [1, 0.5, -1, -4].map((rate) => nextRate(rate, true, -1));
    expect(up).toEqual([2, 4, 4]);
    expect(down).toEqual([0.5, -1, -2, -4]);
  });
});
