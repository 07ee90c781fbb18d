import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worstDifference } from '../../testing/buffers.ts';
import { coloursOf, paint, testPicture } from '../../testing/pictures.ts';
import { resizeMask, resizePicture, resizeToPlanes } from './resize.cpu.ts';
import { resizeReference } from './resize.reference.ts';

const SIZES = fc.record({
  from: fc.record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
  }),
  to: fc.record({
    width: fc.integer({ min: 1, max: 60 }),
    height: fc.integer({ min: 1, max: 60 }),
  }),
});

describe('resizing on the processor', () => {
  it('matches float64 for any pair of sizes', () => {
    const law = fc.property(SIZES, ({ from, to }) => {
      const picture = testPicture(from.width, from.height);
      const planes = resizeToPlanes(picture, to, [0, 255]);
      const expected = [0, 1, 2].flatMap((channel) => [
        ...resizeReference(
          picture.data.filter((_, i) => i % 4 === channel),
          from,
          to,
        ),
      ]);
      // Sums of bytes in float32: relative 2^-23 over a few additions.
      expect(worstDifference(planes, expected).difference).toBeLessThan(3e-4);
    });
    fc.assert(law, { numRuns: 60, seed: 3 });
  });

  it('keeps the picture at its own size, byte by byte', () => {
    const picture = testPicture(31, 17);
    expect(resizePicture(picture, picture)).toEqual(picture);
  });

  it('keeps a constant', () => {
    const law = fc.property(SIZES, fc.nat(255), ({ from, to }, level) => {
      const flat = paint(from.width, from.height, () => [level, 255 - level, 7]);
      expect(new Set(coloursOf(resizePicture(flat, to)))).toEqual(new Set([level, 255 - level, 7]));
    });
    fc.assert(law, { numRuns: 60, seed: 4 });
  });

  it('averages exactly four pixels into one', () => {
    const picture = paint(4, 2, (x, y) => [x * 10, y * 100, x === 3 ? 255 : 0]);
    expect([...resizePicture(picture, { width: 2, height: 1 }).data]).toEqual([
      5, 50, 0, 255, 25, 50, 128, 255,
    ]);
  });

  it('keeps the mean of what it shrinks', () => {
    const picture = testPicture(96, 54);
    const small = resizeToPlanes(picture, { width: 13, height: 7 }, [0, 255]);
    const mean = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(small)).toBeCloseTo(mean(coloursOf(picture)), 3);
  });

  it('puts bytes into the asked range', () => {
    const picture = paint(2, 1, (x) => (x === 0 ? [0, 128, 255] : [255, 0, 0]));
    const planes = resizeToPlanes(picture, picture, [-1, 1]);
    expect(worstDifference(planes, [-1, 1, 256 / 255 - 1, -1, 1, -1]).difference).toBeLessThan(
      1e-6,
    );
  });

  it('shrinks a mask to its mean coverage', () => {
    const mask = Uint8Array.of(255, 255, 0, 0, 255, 0, 0, 0);
    expect([...resizeMask(mask, { width: 4, height: 2 }, { width: 2, height: 1 })]).toEqual([
      191.25, 0,
    ]);
  });
});
