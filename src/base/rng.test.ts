import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussian, philox } from './rng.ts';

describe('philox', () => {
  // Known answers of Random123 1.14 (kat_vectors, philox4x32 10).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('matches the reference for counter %j', (counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected);
  });
});

describe('gaussian', () => {
  it('has mean 0, deviation 1 and normal tails', () => {
    const values = gaussian(7, [0, 0, 0], 200_000);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    const beyond2 = values.reduce((sum, v) => sum + (Math.abs(v) > 2 ? 1 : 0), 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.01);
    expect(Math.abs(beyond2 - 0.0455)).toBeLessThan(0.003);
  });

  it('is finite, repeatable, and a shorter draw is the start of a longer one', () => {
    const word = fc.nat({ max: 0xffffffff });
    fc.assert(
      fc.property(
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        fc.tuple(word, word, word),
        fc.integer({ min: 1, max: 99 }),
        (seed, stream, count) => {
          const long = gaussian(seed, stream, 100);
          expect(long.every(Number.isFinite)).toBe(true);
          expect(gaussian(seed, stream, count)).toEqual(long.slice(0, count));
        },
      ),
    );
  });

  it('gives unrelated values for neighbouring seeds and streams', () => {
    const a = gaussian(1, [0, 0, 0], 10_000);
    for (const b of [
      gaussian(2, [0, 0, 0], 10_000),
      gaussian(1, [1, 0, 0], 10_000),
      gaussian(1 + 2 ** 32, [0, 0, 0], 10_000),
    ]) {
      const correlation = a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0) / a.length;
      expect(Math.abs(correlation)).toBeLessThan(0.05);
    }
  });
});
