import { MASK_LIMITS } from '../project/limits.ts';

type Point = { readonly x: number; readonly y: number };

/** Of the picture: what a hand can't draw and a file need not hold. */
const FINEST = 1e-4;

/**
 * The fewest of these points that keep the line within `tolerance` (fractions of the picture's height) of itself:
 * Douglas and Peucker's way. First and last stay; never more than a stroke may have.
 */
export function simplify(
  points: readonly Point[],
  tolerance: number,
  aspect: number,
): readonly Point[] {
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    let worst = tolerance;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const distance = distanceToSegment(points[i], points[from], points[to], aspect);
      if (distance > worst) {
        worst = distance;
        at = i;
      }
    }
    if (at >= 0) {
      kept.add(at);
      open.push([from, at], [at, to]);
    }
  }
  return points
    .filter((_, i) => kept.has(i))
    .slice(0, MASK_LIMITS.strokePoints)
    .map(({ x, y }) => ({ x: round(x), y: round(y) }));
}

function round(value: number): number {
  return Math.round(value / FINEST) * FINEST + 0;
}

function distanceToSegment(
  point: Point | undefined,
  from: Point | undefined,
  to: Point | undefined,
  aspect: number,
): number {
  if (point === undefined || from === undefined || to === undefined) {
    return 0;
  }
  const [ax, ay] = [(to.x - from.x) * aspect, to.y - from.y];
  const [px, py] = [(point.x - from.x) * aspect, point.y - from.y];
  const length = ax * ax + ay * ay;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, (px * ax + py * ay) / length));
  return Math.hypot(px - share * ax, py - share * ay);
}
