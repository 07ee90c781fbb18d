import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worstDifference } from '../../testing/buffers.ts';
import { rasteriseMask } from './mask.cpu.ts';
import { maskReference } from './mask.reference.ts';
import type { MaskShape } from './mask-shape.ts';

const fraction = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((value) => value / 1000);
const SHAPES: fc.Arbitrary<MaskShape> = fc.record({
  kind: fc.constantFrom('rectangle', 'ellipse'),
  x: fraction(-0.3, 0.9),
  y: fraction(-0.3, 0.9),
  width: fraction(0, 1.5),
  height: fraction(0, 1.5),
  feather: fraction(0, 0.5),
  invert: fc.boolean(),
});

describe('masks on the processor', () => {
  it('match float64 to half a level', () => {
    const size = { width: 33, height: 21 };
    const law = fc.property(SHAPES, (shape) => {
      const worst = worstDifference(rasteriseMask(shape, size), maskReference(shape, size));
      expect(worst.difference).toBeLessThanOrEqual(0.5001);
    });
    fc.assert(law, { numRuns: 150, seed: 5 });
  });

  it('a rectangle on pixel edges covers exactly its pixels', () => {
    const shape = {
      kind: 'rectangle',
      x: 0.25,
      y: 0.5,
      width: 0.5,
      height: 0.5,
      feather: 0,
      invert: false,
    } as const;
    const mask = rasteriseMask(shape, { width: 8, height: 4 });
    const row = [0, 0, 255, 255, 255, 255, 0, 0];
    expect([...mask]).toEqual([...Array.from({ length: 16 }, () => 0), ...row, ...row]);
  });

  it('an edge through the middle of a pixel is half there', () => {
    const shape = {
      kind: 'rectangle',
      x: 0.3125,
      y: 0,
      width: 1,
      height: 1,
      feather: 0,
      invert: false,
    } as const;
    expect(rasteriseMask(shape, { width: 8, height: 4 }).slice(8, 12)).toEqual(
      Uint8Array.of(0, 0, 128, 255),
    );
  });

  it('an ellipse has the area of one', () => {
    const shape = {
      kind: 'ellipse',
      x: 0.1,
      y: 0.2,
      width: 0.7,
      height: 0.6,
      feather: 0,
      invert: false,
    } as const;
    const mask = rasteriseMask(shape, { width: 400, height: 300 });
    const covered = mask.reduce((sum, value) => sum + value, 0) / 255;
    expect(covered / (Math.PI * 140 * 90)).toBeCloseTo(1, 3);
  });

  it('feathers half outside, half inside, and inversion is the complement', () => {
    const shape = {
      kind: 'rectangle',
      x: 0.5,
      y: -1,
      width: 2,
      height: 3,
      feather: 0.4,
      invert: false,
    } as const;
    const size = { width: 40, height: 20 };
    const mask = rasteriseMask(shape, size);
    const row = mask.subarray(10 * 40, 11 * 40);
    expect(row.findIndex((value) => value > 0)).toBe(16);
    expect(row.findIndex((value) => value === 255)).toBe(24);
    const inverse = rasteriseMask({ ...shape, invert: true }, size);
    expect(mask.every((value, i) => Math.abs(value + (inverse[i] ?? 0) - 255) <= 1)).toBe(true);
  });

  it('an empty box is an empty mask', () => {
    const shape = {
      kind: 'ellipse',
      x: 0.5,
      y: 0.5,
      width: 0,
      height: 0.2,
      feather: 0.1,
      invert: false,
    } as const;
    expect(rasteriseMask(shape, { width: 5, height: 5 }).some((value) => value > 0)).toBe(false);
    expect(
      rasteriseMask({ ...shape, invert: true }, { width: 5, height: 5 }).every((v) => v === 255),
    ).toBe(true);
  });
});
