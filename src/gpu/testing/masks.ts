import fc from 'fast-check';
import type { BoxShape, LayerShape, MaskShape, PathShape } from '../kernels/mask/mask-shape.ts';

/** Masks for tests: any number of layers of any shape, in and out of the picture. */

function fraction(min: number, max: number): fc.Arbitrary<number> {
  return fc
    .integer({ min: Math.round(min * 1000), max: Math.round(max * 1000) })
    .map((value) => value / 1000);
}

const combine = fc.constantFrom('add' as const, 'subtract' as const, 'intersect' as const);
const point = fc.record({ x: fraction(-0.3, 1.3), y: fraction(-0.3, 1.3) });
const handle = fc.oneof(
  fc.constant({ x: 0, y: 0 }),
  fc.record({ x: fraction(-0.4, 0.4), y: fraction(-0.4, 0.4) }),
);

const stroke = fc.record({
  points: fc.array(point, { minLength: 1, maxLength: 6 }),
  size: fraction(0.02, 0.8),
  softness: fraction(0, 1),
  erase: fc.boolean(),
});

const layer: fc.Arbitrary<LayerShape> = fc.oneof(
  fc.record({
    combine,
    shape: fc.constantFrom('rectangle' as const, 'ellipse' as const),
    x: fraction(-0.3, 0.9),
    y: fraction(-0.3, 0.9),
    width: fraction(0, 1.5),
    height: fraction(0, 1.5),
    rotation: fraction(-180, 180),
  }),
  fc.record({
    combine,
    shape: fc.constant('path' as const),
    points: fc
      .array(fc.tuple(point, handle, handle), { minLength: 2, maxLength: 6 })
      .map((list) => list.map(([place, before, after]) => ({ ...place, in: before, out: after }))),
  }),
  fc.record({
    combine,
    shape: fc.constant('brush' as const),
    strokes: fc.array(stroke, { maxLength: 4 }),
  }),
);

export const arbitraryMaskShape: fc.Arbitrary<MaskShape> = fc.record({
  feather: fc.oneof(fc.constant(0), fraction(0, 0.5)),
  grow: fc.oneof(fc.constant(0), fraction(-0.3, 0.3)),
  invert: fc.boolean(),
  layers: fc.array(layer, { minLength: 1, maxLength: 4 }),
});

/** A mask of one layer that adds, with a hard edge where nothing else is said. */
export function maskOf(one: LayerShape, rim: Partial<MaskShape> = {}): MaskShape {
  return { feather: 0, grow: 0, invert: false, layers: [one], ...rim };
}

export function boxOf(
  shape: BoxShape['shape'],
  [x, y, width, height]: readonly [number, number, number, number],
  rotation = 0,
): BoxShape {
  return { combine: 'add', shape, x, y, width, height, rotation };
}

/** Straight lines between the points. */
export function polygonOf(...points: readonly (readonly [number, number])[]): PathShape {
  const none = { x: 0, y: 0 };
  return {
    combine: 'add',
    shape: 'path',
    points: points.map(([x, y]) => ({ x, y, in: none, out: none })),
  };
}
