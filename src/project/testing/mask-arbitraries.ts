import fc from 'fast-check';
import type { MaskChange } from '../mask-changes.ts';
import { evaluateLayer } from '../evaluate.ts';
import { copyKeyframes } from '../mask-keyframes.ts';
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

const layerId = fc.integer({ min: 0, max: 2 }).map((n) => `layer-${n}`);
const keys = fc.array(fc.record({ layerId, time: fc.nat(3) }), { minLength: 1, maxLength: 3 });
const anyNumber = fc.oneof(fc.double(), fc.integer({ min: -2, max: 4 }));

/** Changes that may or may not fit the mask they meet. */
export const arbitraryMaskChange: fc.Arbitrary<MaskChange> = fc.oneof(
  layerId
    .chain((id) => arbitraryLayer(id))
    .map<MaskChange>((layer) => ({ kind: 'add-layer', layer })),
  layerId.map<MaskChange>((id) => ({ kind: 'remove-layer', layerId: id })),
  fc.record({
    kind: fc.constant('move-layer' as const),
    layerId,
    to: fc.integer({ min: -2, max: 4 }),
  }),
  fc.record({ kind: fc.constant('combine' as const), layerId, combine }),
  fc.tuple(layerId, arbitraryLayer('any'), anyNumber).map<MaskChange>(([id, layer, time]) => {
    return { kind: 'shape', layerId: id, time, shape: evaluateLayer(layer, 0) };
  }),
  fc.record({ kind: fc.constant('add-keyframe' as const), layerId, time: anyNumber }),
  fc.record({ kind: fc.constant('remove-keyframes' as const), keys }),
  fc.record({ kind: fc.constant('move-keyframes' as const), keys, by: anyNumber }),
  fc.record({ kind: fc.constant('easing' as const), keys, easing }),
  fc.tuple(layerId, arbitraryLayer('any'), anyNumber).map<MaskChange>(([id, layer, time]) => {
    const copied = copyKeyframes(layer, new Set(layer.keyframes.map((frame) => frame.time)));
    return copied === null ? { kind: 'rim' } : { kind: 'paste', layerId: id, time, copied };
  }),
  fc.record({
    kind: fc.constant('insert-point' as const),
    layerId,
    after: fc.nat(4),
    share: between(0, 1),
  }),
  fc.record({ kind: fc.constant('remove-point' as const), layerId, index: fc.nat(4) }),
  fc.record({ kind: fc.constant('rim' as const), feather: anyNumber, invert: fc.boolean() }),
);
