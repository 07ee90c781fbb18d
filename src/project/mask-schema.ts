import * as v from 'valibot';
import { isAscending, isUnique, ranged } from './checks.ts';
import { MASK_LIMITS } from './limits.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const easing = v.picklist(['linear', 'hold', 'ease']);
const combine = v.picklist(['add', 'subtract', 'intersect']);
const place = ranged(MASK_LIMITS.place);
const extent = ranged(MASK_LIMITS.extent);
const point = v.strictObject({ x: place, y: place });

function keyframesOf<Frame extends v.GenericSchema<{ time: number }>>(frame: Frame) {
  return v.pipe(
    v.array(frame),
    v.minLength(1),
    v.check((frames) => isAscending(frames), 'keyframes must be in order of time'),
  );
}

const box = v.strictObject({
  time,
  easing,
  x: place,
  y: place,
  width: extent,
  height: extent,
  rotation: ranged(MASK_LIMITS.rotation),
});

const path = v.strictObject({
  time,
  easing,
  points: v.pipe(
    v.array(v.strictObject({ x: place, y: place, in: point, out: point })),
    v.minLength(MASK_LIMITS.pathPoints[0]),
    v.maxLength(MASK_LIMITS.pathPoints[1]),
  ),
});

const stroke = v.strictObject({
  points: v.pipe(v.array(point), v.minLength(1), v.maxLength(MASK_LIMITS.strokePoints)),
  size: ranged(MASK_LIMITS.brushSize),
  softness: ranged(MASK_LIMITS.softness),
  erase: v.boolean(),
});

const brush = v.strictObject({
  time,
  easing,
  strokes: v.pipe(v.array(stroke), v.maxLength(MASK_LIMITS.strokes)),
});

const layer = v.variant('shape', [
  v.strictObject({
    id,
    combine,
    shape: v.picklist(['rectangle', 'ellipse']),
    keyframes: keyframesOf(box),
  }),
  v.strictObject({
    id,
    combine,
    shape: v.literal('path'),
    keyframes: v.pipe(
      keyframesOf(path),
      v.check(
        (frames) => frames.every(({ points }) => points.length === frames[0]?.points.length),
        'all keyframes of a path must have as many points',
      ),
    ),
  }),
  v.strictObject({ id, combine, shape: v.literal('brush'), keyframes: keyframesOf(brush) }),
]);

/** A mask as the document holds it. */
export const mask = v.strictObject({
  feather: ranged(MASK_LIMITS.feather),
  grow: ranged(MASK_LIMITS.grow),
  invert: v.boolean(),
  layers: v.pipe(
    v.array(layer),
    v.minLength(1),
    v.maxLength(MASK_LIMITS.layers),
    v.check((layers) => isUnique(layers), 'two layers of a mask have the same id'),
  ),
});
