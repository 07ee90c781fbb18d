import { must } from '../../../base/assert.ts';
import type { Size } from '../../../base/units.ts';
import type { PathPoint } from './mask-shape.ts';

/** Pixels that the straight pieces may lie off the curve. */
const FLATNESS = 0.005;
const MOST_PIECES = 128;

/** Appends the closed path as straight edges, four numbers each, in pixels. */
export function flattenPath(points: readonly PathPoint[], size: Size, edges: number[]): void {
  const { width, height } = size;
  points.forEach((from, i) => {
    const to = must(points[(i + 1) % points.length], 'a point');
    const x = [from.x, from.x + from.out.x, to.x + to.in.x, to.x].map((value) => value * width);
    const y = [from.y, from.y + from.out.y, to.y + to.in.y, to.y].map((value) => value * height);
    const isStraight = from.out.x === 0 && from.out.y === 0 && to.in.x === 0 && to.in.y === 0;
    const pieces = isStraight ? 1 : piecesFor(x, y);
    let [lastX = 0] = x;
    let [lastY = 0] = y;
    for (let piece = 1; piece <= pieces; piece++) {
      const nextX = cubic(x, piece / pieces);
      const nextY = cubic(y, piece / pieces);
      edges.push(lastX, lastY, nextX, nextY);
      [lastX, lastY] = [nextX, nextY];
    }
  });
}

/** A chord lies at most max|second derivative| / 8 off, over the pieces' count squared. */
function piecesFor(x: readonly number[], y: readonly number[]): number {
  const bends = [0, 1].map((i) => Math.hypot(bend(x, i), bend(y, i)));
  const most = 6 * Math.max(...bends);
  return Math.min(MOST_PIECES, Math.max(1, Math.ceil(Math.sqrt(most / (8 * FLATNESS)))));
}

function bend(values: readonly number[], i: number): number {
  return (values[i] ?? 0) - 2 * (values[i + 1] ?? 0) + (values[i + 2] ?? 0);
}

/** At the ends exactly the ends. */
function cubic([a = 0, b = 0, c = 0, d = 0]: readonly number[], t: number): number {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}
