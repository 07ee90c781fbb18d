import fc from 'fast-check';
import { expect, it } from 'vitest';
import { growMask, maskOfLevel } from './query-mask.ts';

const masks = fc
  .record({ width: fc.integer({ min: 1, max: 19 }), height: fc.integer({ min: 1, max: 13 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      mask: fc.array(fc.constantFrom(0, 0, 0, 0, 0.3, 1), {
        minLength: width * height,
        maxLength: width * height,
      }),
    }),
  );

it('a halo reaches exactly so far, corners included', () => {
  const law = fc.property(masks, fc.integer({ min: 0, max: 25 }), ({ width, mask }, halo) => {
    const grown = growMask(mask, width, halo);
    grown.forEach((value, at) => {
      const isNear = mask.some(
        (covered, from) =>
          covered > 0 &&
          Math.abs((from % width) - (at % width)) <= halo &&
          Math.abs(Math.floor(from / width) - Math.floor(at / width)) <= halo,
      );
      expect(value).toBe(isNear ? 1 : 0);
    });
  });
  fc.assert(law, { seed: 1, numRuns: 40 });
});

it('a deeper level covers all that is covered, on a grid halved and rounded up', () => {
  const law = fc.property(masks, fc.integer({ min: 0, max: 3 }), ({ width, mask }, level) => {
    const pooled = maskOfLevel(mask, width, level);
    const halved = (side: number) =>
      Array.from({ length: level }).reduce<number>((length) => Math.ceil(length / 2), side);
    const columns = halved(width);
    expect(pooled).toHaveLength(columns * halved(mask.length / width));
    const wanted = new Set(
      mask.flatMap((value, at) => {
        const [x, y] = [at % width, Math.floor(at / width)];
        return value > 0 ? [(y >> level) * columns + (x >> level)] : [];
      }),
    );
    pooled.forEach((value, at) => expect(value).toBe(wanted.has(at) ? 1 : 0));
  });
  fc.assert(law, { seed: 2, numRuns: 40 });
});
