import { AppError } from '../base/error.ts';
import { must } from '../base/assert.ts';
import type { MaskLayer, MaskPoint, PathPoint } from './document.ts';
import { MASK_LIMITS } from './limits.ts';

/** Puts a point on the curve after point `after`, `share` along it (0 to 1), in every keyframe: no shape changes. */
export function insertPoint(layer: MaskLayer, after: number, share: number): MaskLayer {
  if (layer.shape !== 'path') {
    throw new AppError('edit/bad-setting', 'Only paths have points.');
  }
  const keyframes = layer.keyframes.map((frame) => ({
    ...frame,
    points: splitAfter(frame.points, after, share),
  }));
  return { ...layer, keyframes };
}

/** Takes a point out of every keyframe; the same layer where too few would be left. */
export function removePoint(layer: MaskLayer, index: number): MaskLayer {
  if (layer.shape !== 'path') {
    throw new AppError('edit/bad-setting', 'Only paths have points.');
  }
  const count = layer.keyframes[0]?.points.length ?? 0;
  if (count <= MASK_LIMITS.pathPoints[0] || index < 0 || index >= count) {
    return layer;
  }
  const keyframes = layer.keyframes.map((frame) => ({
    ...frame,
    points: frame.points.toSpliced(index, 1),
  }));
  return { ...layer, keyframes };
}

/** A point of the curve from `from` to `to`. */
export function curvePoint(from: PathPoint, to: PathPoint, share: number): MaskPoint {
  return split(from, to, share).middle;
}

/** De Casteljau: the handles of both halves. */
function split(from: PathPoint, to: PathPoint, share: number) {
  const a = { x: from.x + from.out.x, y: from.y + from.out.y };
  const b = { x: to.x + to.in.x, y: to.y + to.in.y };
  const first = between(from, a, share);
  const second = between(a, b, share);
  const third = between(b, to, share);
  const left = between(first, second, share);
  const right = between(second, third, share);
  return { first, left, middle: between(left, right, share), right, third };
}

function splitAfter(
  points: readonly PathPoint[],
  after: number,
  share: number,
): readonly PathPoint[] {
  const count = points.length;
  const from = points[after];
  if (from === undefined || !(share >= 0 && share <= 1)) {
    throw new AppError('edit/bad-setting', 'The path has no such point.');
  }
  const next = (after + 1) % count;
  const to = must(points[next], 'a point');
  const { first, left, middle, right, third } = split(from, to, share);
  const added = { ...middle, in: minus(left, middle), out: minus(right, middle) };
  return points
    .with(after, { ...from, out: minus(first, from) })
    .map((point, i) => (i === next ? { ...point, in: minus(third, to) } : point))
    .toSpliced(after + 1, 0, added);
}

function between(a: MaskPoint, b: MaskPoint, share: number): MaskPoint {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

function minus(a: MaskPoint, b: MaskPoint): MaskPoint {
  return { x: a.x - b.x, y: a.y - b.y };
}
