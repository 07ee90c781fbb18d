import { describe, expect, it } from 'vitest';
import { percent } from './percent.ts';

describe('a share in percent', () => {
  it('is shown with the digits that it has', () => {
    expect([0, 0.06, 0.125, 1].map(percent().format)).toEqual(['0 %', '6 %', '13 %', '100 %']);
    expect([0.125, 0.1].map(percent(1).format)).toEqual(['12.5 %', '10 %']);
    expect([-0.025, 0, 0.025].map(percent(1, true).format)).toEqual(['-2.5 %', '0 %', '+2.5 %']);
  });

  it('is typed as it is shown', () => {
    const { format, parse } = percent(1, true);
    for (const share of [-0.25, 0, 0.005, 0.06, 0.5]) {
      expect(parse(Number.parseFloat(format(share)))).toBeCloseTo(share, 12);
    }
  });
});
