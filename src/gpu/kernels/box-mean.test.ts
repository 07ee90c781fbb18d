import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxMean } from './box-mean.ts';

/** Straight from the definition. */
function meanAround(values: Float32Array, [width, height]: number[], radius: number, at: number) {
  const [x, y] = [at % (width ?? 0), Math.floor(at / (width ?? 0))];
  const inside = [...values].filter((_, i) => {
    const [u, v] = [i % (width ?? 0), Math.floor(i / (width ?? 0))];
    return v < (height ?? 0) && Math.abs(u - x) <= radius && Math.abs(v - y) <= radius;
  });
  return inside.reduce((sum, value) => sum + value, 0) / inside.length;
}

describe('boxMean', () => {
  it('is the mean of each window, cut off at the edges, whatever the size', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 0, max: 5 }),
        fc.integer(),
        (w, h, radius, seed) => {
          const values = Float32Array.from(
            { length: w * h },
            (_, i) => Math.sin(seed + i) * 60_000,
          );
          const means = boxMean(values, w, h, radius);
          means.forEach((mean, at) => {
            expect(mean).toBeCloseTo(meanAround(values, [w, h], radius, at), 2);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves nothing behind of what has left the window', () => {
    const values = new Float32Array(40 * 40).fill(0.5);
    values[0] = 2 ** 30;
    expect(boxMean(values, 40, 40, 3)[39 * 40 + 39]).toBe(0.5);
  });
});
