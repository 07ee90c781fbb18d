import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../pixels.ts';
import { worstDifference } from '../../testing/buffers.ts';
import { coloursOf, paint, recolour, testPicture, type Colour } from '../../testing/pictures.ts';
import { compositePicture } from '../composite/composite.cpu.ts';
import { resizePicture } from '../resize/resize.cpu.ts';
import { fitDetail } from './detail.cpu.ts';
import { detailReference } from './detail.reference.ts';

/** A source and its version at model size after a coder that loses fine detail. */
function pair(width = 192, height = 120): { source: Pixels; base: Pixels } {
  const source = testPicture(width, height, 3, 30);
  const size = { width: Math.round(width / 3), height: Math.round(height / 3) };
  return { source, base: resizePicture(source, size) };
}

function affine(matrix: readonly number[], shift: readonly number[]): (colour: Colour) => Colour {
  const row = (i: number, [r, g, b]: Colour): number =>
    (matrix[i * 3] ?? 0) * r +
    (matrix[i * 3 + 1] ?? 0) * g +
    (matrix[i * 3 + 2] ?? 0) * b +
    (shift[i] ?? 0);
  return (colour) => [row(0, colour), row(1, colour), row(2, colour)];
}

const CHANGES = {
  darken: affine([0.4, 0, 0, 0, 0.4, 0, 0, 0, 0.5], [5, 5, 20]),
  brighten: affine([0.9, 0, 0, 0, 0.9, 0, 0, 0, 0.9], [25, 25, 25]),
  tint: affine([0.8, 0.1, 0, 0, 0.7, 0.1, 0.1, 0, 0.6], [40, 10, 5]),
  grey: affine([0.3, 0.59, 0.11, 0.3, 0.59, 0.11, 0.3, 0.59, 0.11], [0, 0, 0]),
  invert: affine([-1, 0, 0, 0, -1, 0, 0, 0, -1], [255, 255, 255]),
};

describe('detail transfer on the processor', () => {
  it('matches float64', () => {
    const base = testPicture(26, 19, 5, 20);
    const half = recolour(base, (colour, x) => (x < 13 ? CHANGES.tint(colour) : [90, 40, 200 - x]));
    for (const detail of [1, 0.4]) {
      const { coefficients } = fitDetail(base, half, detail);
      const expected = detailReference(base, half, detail);
      // Gains of up to 4 and offsets of up to 1,000 in float32.
      expect(worstDifference(coefficients, expected).difference).toBeLessThan(2e-3);
    }
  });

  it('gives the source bit for bit where the edit is the base', () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 50 }),
      (width, height) => {
        const source = testPicture(2 * width, 2 * height, width, 40);
        const base = testPicture(width, height, height, 40);
        expect(compositePicture(source, fitDetail(base, base, 1), null, 1)).toEqual(source);
      },
    );
    fc.assert(law, { numRuns: 20, seed: 6 });
  });

  it.each(Object.keys(CHANGES) as (keyof typeof CHANGES)[])(
    'carries all detail through a change of all colours: %s',
    (name) => {
      const { source, base } = pair();
      const edit = recolour(base, CHANGES[name]);
      const result = compositePicture(source, fitDetail(base, edit, 1), null, 1);
      const expected = recolour(source, CHANGES[name]);
      expect(
        worstDifference(coloursOf(result), coloursOf(expected)).difference,
      ).toBeLessThanOrEqual(2);
    },
  );

  it('carries detail through any affine change that clips nothing', () => {
    const gain = fc.double({ min: -0.35, max: 0.35, noNaN: true });
    const { source, base } = pair(96, 72);
    const law = fc.property(fc.array(gain, { minLength: 9, maxLength: 9 }), (matrix) => {
      const change = affine(matrix, [
        128 - sum(matrix, 0),
        128 - sum(matrix, 1),
        128 - sum(matrix, 2),
      ]);
      const result = compositePicture(source, fitDetail(base, recolour(base, change), 1), null, 1);
      const expected = coloursOf(recolour(source, change));
      expect(worstDifference(coloursOf(result), expected).difference).toBeLessThanOrEqual(2);
    });
    fc.assert(law, { numRuns: 15, seed: 8 });
  });

  it('leaves no colour of the source in a black-and-white edit', () => {
    const { source, base } = pair();
    const result = compositePicture(
      source,
      fitDetail(base, recolour(base, CHANGES.grey), 1),
      null,
      1,
    );
    const chroma = coloursOf(result).filter((value, i, all) => {
      const first = i - (i % 3);
      return Math.abs(value - (all[first] ?? 0)) > 2;
    });
    expect(chroma.length).toBe(0);
  });

  it('does not blow up noise of flat places', () => {
    const base = paint(64, 48, () => [120, 120, 120]);
    const noisy = (seed: number): Pixels =>
      recolour(base, ([r, g, b], x, y) => {
        const step = ((x * 7919 + y * 104_729 + seed * 31) % 5) - 2;
        return [r + step, g - step, b + step];
      });
    const { coefficients } = fitDetail(noisy(1), noisy(2), 1);
    const gains = coefficients.filter((_, i) => i % 4 !== 3);
    expect(Math.max(...gains.map(Math.abs))).toBeLessThan(1.3);
  });

  it('shows the edit alone where its structure is new', () => {
    const { source, base } = pair();
    const isInside = (x: number, y: number): boolean => x >= 20 && x < 44 && y >= 10 && y < 30;
    const edit = recolour(base, (colour, x, y) =>
      isInside(x, y) ? (((x >> 2) + (y >> 2)) % 2 === 0 ? [220, 60, 60] : [40, 40, 120]) : colour,
    );
    const result = compositePicture(source, fitDetail(base, edit, 1), null, 1);
    const shown = resizePicture(edit, source);
    const differences: number[] = [];
    for (let y = 12 * 3; y < 28 * 3; y++) {
      for (let x = 22 * 3; x < 42 * 3; x++) {
        const at = (y * source.width + x) * 4;
        differences.push(Math.abs((result.data[at] ?? 0) - (shown.data[at] ?? 0)));
      }
    }
    const mean = differences.reduce((total, value) => total + value, 0) / differences.length;
    expect(mean).toBeLessThan(2);
    const corner = (picture: Pixels): Uint8ClampedArray => picture.data.subarray(0, 8 * 4);
    expect(worstDifference(corner(result), corner(source)).difference).toBeLessThanOrEqual(3);
  });

  it('keeps flakes of snow and the detail between them', () => {
    const { source, base } = pair();
    const edit = recolour(base, (colour, x, y) =>
      x % 12 === 5 && y % 12 === 5 ? [250, 250, 255] : colour,
    );
    const result = compositePicture(source, fitDetail(base, edit, 1), null, 1);
    const flake = (17 * 3 + 1) * source.width + 17 * 3 + 1;
    expect(result.data[flake * 4]).toBeGreaterThan(235);
    const between = (11 * 3 + 1) * source.width + 11 * 3 + 1;
    const pixel = (picture: Pixels): Uint8ClampedArray =>
      picture.data.subarray(between * 4, between * 4 + 3);
    expect(worstDifference(pixel(result), pixel(source)).difference).toBeLessThanOrEqual(12);
  });

  it('shows the upsampled edit without detail at 0', () => {
    const { source, base } = pair();
    const edit = recolour(base, CHANGES.tint);
    const result = compositePicture(source, fitDetail(base, edit, 0), null, 1);
    expect(
      worstDifference(coloursOf(result), coloursOf(resizePicture(edit, source))).difference,
    ).toBeLessThanOrEqual(1);
  });
});

function sum(matrix: readonly number[], row: number): number {
  return [0, 1, 2].reduce((total, k) => total + (matrix[row * 3 + k] ?? 0) * 110, 0);
}
