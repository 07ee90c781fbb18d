import { describe, expect, it } from 'vitest';
import { fitLine } from './linear-fit.ts';

describe('a line through points', () => {
  it('is exact where the points lie on one', () => {
    const { slope, intercept, r2 } = fitLine([48, 480, 2880], [1048, 1480, 3880]);
    expect(slope).toBeCloseTo(1, 12);
    expect(intercept).toBeCloseTo(1000, 9);
    expect(r2).toBeCloseTo(1, 12);
  });

  it('says how much of the spread it explains', () => {
    // Worked out by hand: means 2 and 3, covariance 1, variances 2 and 2, so r2 = 1 / 4.
    expect(fitLine([1, 2, 3], [3, 2, 4])).toEqual({ slope: 0.5, intercept: 2, r2: 0.25 });
  });

  it('is flat through equal values', () => {
    expect(fitLine([1, 2], [5, 5])).toEqual({ slope: 0, intercept: 5, r2: 1 });
  });
});
