import fc from 'fast-check';
import type {
  BoxKeyframe,
  BrushKeyframe,
  MaskLayer,
  MaskTrack,
  PathKeyframe,
} from '../document.ts';
import { between, keyframesOf } from './numbers.ts';

const easing = fc.constantFrom('linear' as const, 'hold' as const, 'ease' as const);
const combine = fc.constantFrom('add' as const, 'subtract' as const, 'intersect' as const);
const point = fc.record({ x: between(-2, 2), y: between(-2, 2) });
const handle = fc.record({ x: between(-0.5, 0.5), y: between(-0.5, 0.5) });
const pathPoint = fc.record({ x: between(-2, 2), y: between(-2, 2), in: handle, out: handle });

const stroke = fc.record({
  points: fc.array(point, { minLength: 1, maxLength: 3 }),
  size: between(0.001, 1),
  softness: between(0, 1),
  erase: fc.boolean(),
});

export const arbitraryBoxes: fc.Arbitrary<BoxKeyframe[]> = keyframesOf(
  fc.record({
    easing,
    x: between(-2, 2),
    y: between(-2, 2),
    width: between(0, 3),
    height: between(0, 3),
    rotation: between(-360, 360),
  }),
);

export function arbitraryPaths(pointCount: number): fc.Arbitrary<PathKeyframe[]> {
  const points = fc.array(pathPoint, { minLength: pointCount, maxLength: pointCount });
  return keyframesOf(fc.record({ easing, points }));
}

export const arbitraryBrushes: fc.Arbitrary<BrushKeyframe[]> = keyframesOf(
  fc.record({ easing, strokes: fc.array(stroke, { maxLength: 2 }) }),
);

export function arbitraryLayer(id: string): fc.Arbitrary<MaskLayer> {
  const common = { id: fc.constant(id), combine };
  return fc.oneof(
    fc.record({
      ...common,
      shape: fc.constantFrom('rectangle' as const, 'ellipse' as const),
      keyframes: arbitraryBoxes,
    }),
    fc.integer({ min: 2, max: 3 }).chain((count) =>
      fc.record({
        ...common,
        shape: fc.constant('path' as const),
        keyframes: arbitraryPaths(count),
      }),
    ),
    fc.record({ ...common, shape: fc.constant('brush' as const), keyframes: arbitraryBrushes }),
  );
}

export const arbitraryMask: fc.Arbitrary<MaskTrack> = fc.record({
  feather: between(0, 1),
  grow: between(-0.5, 0.5),
  invert: fc.boolean(),
  layers: fc
    .integer({ min: 1, max: 2 })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, i) => arbitraryLayer(`layer-${i}`))),
    ),
});
