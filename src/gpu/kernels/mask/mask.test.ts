import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worstDifference } from '../../testing/buffers.ts';
import { arbitraryMaskShape, boxOf, maskOf, polygonOf } from '../../testing/masks.ts';
import { rasteriseMask } from './mask.cpu.ts';
import { maskReference } from './mask.reference.ts';
import type { LayerShape, MaskShape, PathPoint } from './mask-shape.ts';

/** Curves are drawn as straight pieces up to 0.005 pixels off; at the hardest edge that is 1.9 levels of 255. */
const TOLERANCE = 2.45;

const WHOLE = boxOf('rectangle', [-1, -1, 3, 3]);

function sumOf(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0) / 255;
}

/** A circle around the middle of a square picture, of four curves; `radius` in fractions of it. */
function circle(radius: number): LayerShape {
  const handle = radius * 0.5523;
  const points = [0, 1, 2, 3].map((quarter): PathPoint => {
    const [cos, sin] = [Math.cos((quarter * Math.PI) / 2), Math.sin((quarter * Math.PI) / 2)];
    return {
      x: 0.5 + radius * cos,
      y: 0.5 + radius * sin,
      in: { x: handle * sin, y: -handle * cos },
      out: { x: -handle * sin, y: handle * cos },
    };
  });
  return { combine: 'add', shape: 'path', points };
}

describe('masks on the processor', () => {
  it('match float64, whatever is combined', () => {
    const size = { width: 40, height: 34 };
    fc.assert(
      fc.property(arbitraryMaskShape, (shape) => {
        const worst = worstDifference(rasteriseMask(shape, size), maskReference(shape, size));
        expect(worst.difference).toBeLessThanOrEqual(TOLERANCE);
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  it('match float64 over tiles of all sizes: covered, outside, cut through by several strokes', () => {
    const size = { width: 140, height: 36 };
    const strokes = [0.1, 0.3, 0.5, 0.7].map((x, i) => ({
      points: [0.1, 0.4, 0.5, 0.9].map((y) => ({ x: x + 0.2 * y, y })),
      size: 0.3,
      softness: 0.3 * i,
      erase: i === 2,
    }));
    const brush: LayerShape = { combine: 'add', shape: 'brush', strokes };
    const triangle = polygonOf([0.4, 0.3], [0.9, 0.4], [0.5, 0.8]);
    const cut: LayerShape = { ...triangle, combine: 'subtract' };
    for (const feather of [0, 0.2]) {
      const shape = { ...maskOf(brush, { feather }), layers: [brush, cut] };
      const worst = worstDifference(rasteriseMask(shape, size), maskReference(shape, size));
      expect(worst.difference).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  it('cover exactly the pixels of a rectangle on their edges, half of one through its middle', () => {
    const size = { width: 8, height: 4 };
    const row = [0, 0, 255, 255, 255, 255, 0, 0];
    const none = Array.from({ length: 16 }, () => 0);
    for (const one of [
      boxOf('rectangle', [0.25, 0.5, 0.5, 0.5]),
      polygonOf([0.25, 0.5], [0.75, 0.5], [0.75, 1], [0.25, 1]),
    ]) {
      expect([...rasteriseMask(maskOf(one), size)]).toEqual([...none, ...row, ...row]);
    }
    const half = boxOf('rectangle', [0.3125, 0, 1, 1]);
    expect(rasteriseMask(maskOf(half), size).slice(8, 12)).toEqual(Uint8Array.of(0, 0, 128, 255));
  });

  it('have the area of what they are', () => {
    const size = { width: 400, height: 300 };
    const area = (one: LayerShape, mask: Partial<MaskShape> = {}, at = size): number =>
      sumOf(rasteriseMask(maskOf(one, mask), at));
    const ellipse = boxOf('ellipse', [0.1, 0.2, 0.7, 0.6]);
    expect(area(ellipse) / (Math.PI * 140 * 90)).toBeCloseTo(1, 3);
    expect(area({ ...ellipse, rotation: 30 }) / (Math.PI * 140 * 90)).toBeCloseTo(1, 3);
    const square = { width: 300, height: 300 };
    expect(area(circle(0.3), {}, square) / (Math.PI * 90 ** 2)).toBeCloseTo(1, 3);
    expect(area(circle(0.3), { grow: 0.1 }, square) / (Math.PI * 120 ** 2)).toBeCloseTo(1, 3);
    expect(area(circle(0.3), { grow: -0.1 }, square) / (Math.PI * 60 ** 2)).toBeCloseTo(1, 2);
    const dab = { points: [{ x: 0.5, y: 0.5 }], size: 0.4, softness: 0, erase: false };
    const brush: LayerShape = { combine: 'add', shape: 'brush', strokes: [dab] };
    expect(area(brush, {}, square) / (Math.PI * 60 ** 2)).toBeCloseTo(1, 2);
  });

  it('turn a quarter into the same box on its side', () => {
    const size = { width: 60, height: 60 };
    const lying = rasteriseMask(maskOf(boxOf('rectangle', [0.2, 0.4, 0.6, 0.2], 90)), size);
    const standing = rasteriseMask(maskOf(boxOf('rectangle', [0.4, 0.2, 0.2, 0.6])), size);
    expect(worstDifference(lying, standing).difference).toBeLessThanOrEqual(1);
  });

  it('feather half outside, half inside, and inversion is the complement', () => {
    const size = { width: 40, height: 20 };
    const shape = maskOf(boxOf('rectangle', [0.5, -1, 2, 3]), { feather: 0.4 });
    const mask = rasteriseMask(shape, size);
    const row = mask.subarray(10 * 40, 11 * 40);
    expect(row.findIndex((value) => value > 0)).toBe(16);
    expect(row.findIndex((value) => value === 255)).toBe(24);
    const inverse = rasteriseMask({ ...shape, invert: true }, size);
    expect(mask.every((value, i) => Math.abs(value + (inverse[i] ?? 0) - 255) <= 1)).toBe(true);
  });

  it('take the inside of a path that crosses itself once by the turns around it', () => {
    // A star of five points: its middle is gone round twice and stays inside.
    const star = polygonOf([0.5, 0], [0.8, 0.95], [0.02, 0.36], [0.98, 0.36], [0.2, 0.95]);
    const size = { width: 101, height: 101 };
    expect(rasteriseMask(maskOf(star), size)[50 * 101 + 50]).toBe(255);
  });

  it('are nothing where a shape is empty, and then everything inverted', () => {
    const size = { width: 40, height: 35 };
    const isAll = (shape: MaskShape, value: number) =>
      rasteriseMask(shape, size).every((one) => one === value);
    for (const one of [
      boxOf('ellipse', [0.5, 0.5, 0, 0.2]),
      { combine: 'add', shape: 'brush', strokes: [] } satisfies LayerShape,
    ]) {
      expect(isAll(maskOf(one, { feather: 0.1 }), 0)).toBe(true);
      expect(isAll(maskOf(one, { invert: true }), 255)).toBe(true);
      expect(isAll(maskOf({ ...one, combine: 'subtract' }), 255)).toBe(true);
      expect(isAll(maskOf(WHOLE, { layers: [WHOLE, { ...one, combine: 'intersect' }] }), 0)).toBe(
        true,
      );
    }
  });

  it('erase what was painted before, not after', () => {
    const size = { width: 64, height: 64 };
    const paint = { points: [{ x: 0.5, y: 0.5 }], size: 0.6, softness: 0, erase: false };
    const erase = { ...paint, size: 0.3, erase: true };
    const middle = (...strokes: readonly (typeof paint)[]) =>
      rasteriseMask(maskOf({ combine: 'add', shape: 'brush', strokes }), size)[32 * 64 + 32];
    expect([middle(paint), middle(paint, erase), middle(erase, paint)]).toEqual([255, 0, 255]);
  });
});
