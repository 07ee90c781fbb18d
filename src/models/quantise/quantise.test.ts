import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floatToHalf, halfToFloat } from '../../base/half-float.ts';
import { pseudoRandom } from '../testing/tiny-checkpoint.ts';
import { BLOCK, quantiseBlocks } from './blocks.ts';
import { dequantiseRows, quantiseRows, signalToNoise } from './integers.ts';

/** Nearly normal values: the sum of four uniform ones. */
function bell(count: number, seed: number): Float32Array {
  const parts = [0, 1, 2, 3].map((at) => pseudoRandom(count, seed + at));
  return Float32Array.from({ length: count }, (_, at) =>
    parts.reduce((sum, part) => sum + (part[at] ?? 0), 0),
  );
}

describe('8-bit rows', () => {
  it('keep 40 dB of weights, long rows too', () => {
    for (const width of [64, 2880, 11520]) {
      const values = bell(width * 4, width);
      const coded = quantiseRows(values, width);
      expect(signalToNoise(values, dequantiseRows(coded, width))).toBeGreaterThan(40);
    }
  });

  it('are off by half a step at most inside the range, whatever the values', () => {
    const rows = fc.float32Array({
      minLength: 8,
      maxLength: 8,
      min: -(2 ** 90),
      max: 2 ** 90,
      noNaN: true,
    });
    const property = fc.property(rows, (values) => {
      const coded = quantiseRows(values, 8);
      const scale = coded.scales[0] ?? 0;
      expect(scale).toBeGreaterThan(0);
      const decoded = dequantiseRows(coded, 8);
      values.forEach((value, at) => {
        const inside = Math.abs(value) <= scale * 127;
        const bound = inside ? scale * 0.5000001 : Math.abs(value);
        expect(Math.abs(value - (decoded[at] ?? 0))).toBeLessThanOrEqual(bound + 1e-37);
      });
    });
    fc.assert(property, { numRuns: 2000, seed: 5 });
  });

  it('of zeros stay zeros', () => {
    const coded = quantiseRows(new Float32Array(16), 8);
    expect([...dequantiseRows(coded, 8)]).toEqual(Array.from({ length: 16 }, () => 0));
  });
});

describe('blocks', () => {
  it.each([
    [8, 45],
    [4, 20],
  ] as const)('of %i bits keep %i dB and decode as packed', (bits, decibels) => {
    const width = BLOCK * 4;
    const values = bell(width * 8, bits);
    const coded = quantiseBlocks(values, width, bits);
    expect(signalToNoise(values, coded.decoded)).toBeGreaterThan(decibels);
    const zero = 2 ** (bits - 1);
    coded.decoded.forEach((value, at) => {
      const byte = coded.packed[Math.floor((at * bits) / 8)] ?? 0;
      const code = bits === 8 ? byte : at % 2 === 0 ? byte & 15 : byte >> 4;
      const scale = coded.scales[Math.floor(at / BLOCK)] ?? 0;
      expect(Math.fround((code - zero) * scale)).toBeCloseTo(value, 6);
    });
  });
});

describe('half precision', () => {
  it('comes back from every pattern', () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, at) => at);
    const back = floatToHalf(halfToFloat(patterns));
    const isNaN = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
    expect(patterns.filter((bits, at) => !isNaN(bits) && back[at] !== bits)).toHaveLength(0);
  });

  it('rounds to nearest even and overflows to infinity', () => {
    const values = Float32Array.of(
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      65519,
      65520,
      2 ** -25,
      2 ** -24 * 1.5,
    );
    const wanted = [1, 1 + 2 ** -9, 65504, Number.POSITIVE_INFINITY, 0, 2 ** -23];
    expect([...halfToFloat(floatToHalf(values))]).toEqual(wanted);
  });
});
