import type { Size } from '../../../base/units.ts';
import type { EdgesStep, MaskStep } from './mask-program.ts';

/** A part of the picture; `stride` is the picture's width. */
export type Tile = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
};

type Step = MaskStep & EdgesStep;

/** Numbers of edges that may be nearest to a pixel of a tile, or a level that all its pixels have. */
export type NearEdges = readonly number[] | number;

/** All edges of a step. */
export function allEdges({ from, to }: EdgesStep): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Which pixels' centres lie inside the closed path, by the nonzero rule: 1 or 0 each. */
export function fillPath(
  edges: Float64Array,
  step: EdgesStep,
  { width, height }: Size,
): Uint8Array {
  const turns = new Int16Array((width + 1) * height);
  for (let edge = step.from; edge < step.to; edge++) {
    const [x0, y0, x1, y1] = edgeAt(edges, edge);
    const direction = y1 > y0 ? 1 : -1;
    const first = Math.max(0, Math.ceil(Math.min(y0, y1) - 0.5));
    for (let row = first; row < height; row++) {
      const y = row + 0.5;
      if (y0 <= y === y1 <= y) {
        break;
      }
      const x = x0 + ((y - y0) / (y1 - y0)) * (x1 - x0);
      const column = Math.min(width, Math.max(0, Math.ceil(x - 0.5)));
      const at = row * (width + 1) + column;
      turns[at] = (turns[at] ?? 0) + direction;
    }
  }
  const inside = new Uint8Array(width * height);
  const { left, top, right, bottom } = step.bounds;
  const end = Math.min(height, Math.ceil(bottom));
  for (let row = Math.max(0, Math.floor(top)); row < end; row++) {
    let turn = 0;
    const from = Math.max(0, Math.floor(left));
    const to = Math.min(width, Math.ceil(right));
    for (let column = from; column < to; column++) {
      turn += turns[row * (width + 1) + column] ?? 0;
      inside[row * width + column] = turn === 0 ? 0 : 1;
    }
  }
  return inside;
}

/**
 * Those of `candidates` that can be nearest to a pixel of the tile and near enough for its rim; or the one level of all
 * its pixels where none is (1 outside, -1 inside). `candidates` are those of a tile that this one is part of.
 */
export function tileEdges(
  edges: Float64Array,
  step: Step,
  inside: Uint8Array | null,
  tile: Tile,
  candidates: readonly number[],
): NearEdges {
  const x = tile.x + tile.width / 2;
  const y = tile.y + tile.height / 2;
  // From the middle to the centre of a corner's pixel.
  const reach = Math.hypot(tile.width, tile.height) / 2;
  const { bounds, radius, grow, rim } = step;
  const aside = Math.max(bounds.left - x, x - bounds.right, bounds.top - y, y - bounds.bottom);
  const isOutsideFrom = radius + grow + rim / 2;
  if (aside - reach > isOutsideFrom) {
    return 1;
  }
  const distances = new Float64Array(candidates.length);
  let nearest = Infinity;
  for (let i = 0; i < candidates.length; i++) {
    const distance = Math.sqrt(squaredDistance(edges, candidates[i] ?? 0, x, y));
    distances[i] = distance;
    nearest = Math.min(nearest, distance);
  }
  const isInside = inside !== null && inside[tile.y * tile.stride + tile.x] === 1;
  if (inside === null) {
    if (nearest - reach > isOutsideFrom) {
      return 1;
    }
    if (nearest + reach < radius + grow - rim / 2) {
      return -1;
    }
  } else if (nearest - reach > Math.abs(grow) + rim / 2) {
    return isInside ? -1 : 1;
  }
  // Whatever is farther from a pixel leaves its level where the rim has ended.
  const rimEnds = inside === null ? isOutsideFrom : Math.abs(grow) + rim / 2;
  const farthest = Math.min(nearest + 2 * reach, rimEnds + reach);
  return candidates.filter((_, i) => (distances[i] ?? 0) <= farthest);
}

/** Writes the level at each pixel's centre, from the nearest of `near`. */
export function writeEdgeLevels(
  levels: Float64Array,
  edges: Float64Array,
  near: readonly number[],
  { radius, grow, rim }: Step,
  inside: Uint8Array | null,
  tile: Tile,
): void {
  const count = tile.width * tile.height;
  levels.fill(Infinity, 0, count);
  for (const edge of near) {
    const at = edge * 4;
    const x0 = edges[at] ?? 0;
    const y0 = edges[at + 1] ?? 0;
    const alongX = (edges[at + 2] ?? 0) - x0;
    const alongY = (edges[at + 3] ?? 0) - y0;
    const length = alongX * alongX + alongY * alongY;
    for (let pixel = 0, row = 0; row < tile.height; row++) {
      const y = tile.y + row + 0.5 - y0;
      for (let column = 0; column < tile.width; column++, pixel++) {
        const x = tile.x + column + 0.5 - x0;
        const share = length === 0 ? 0 : (x * alongX + y * alongY) / length;
        const nearest = share < 0 ? 0 : share > 1 ? 1 : share;
        const dx = x - nearest * alongX;
        const dy = y - nearest * alongY;
        const squared = dx * dx + dy * dy;
        if (squared < (levels[pixel] ?? 0)) {
          levels[pixel] = squared;
        }
      }
    }
  }
  for (let pixel = 0, row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++, pixel++) {
      const distance = Math.sqrt(levels[pixel] ?? 0);
      const at = (tile.y + row) * tile.stride + tile.x + column;
      const isInside = inside !== null && inside[at] === 1;
      levels[pixel] = ((isInside ? -distance : distance) - radius - grow) / rim;
    }
  }
}

function squaredDistance(edges: Float64Array, edge: number, x: number, y: number): number {
  const at = edge * 4;
  const x0 = edges[at] ?? 0;
  const y0 = edges[at + 1] ?? 0;
  const alongX = (edges[at + 2] ?? 0) - x0;
  const alongY = (edges[at + 3] ?? 0) - y0;
  const length = alongX * alongX + alongY * alongY;
  const share = length === 0 ? 0 : ((x - x0) * alongX + (y - y0) * alongY) / length;
  const nearest = share < 0 ? 0 : share > 1 ? 1 : share;
  const dx = x - x0 - nearest * alongX;
  const dy = y - y0 - nearest * alongY;
  return dx * dx + dy * dy;
}

function edgeAt(edges: Float64Array, edge: number): readonly [number, number, number, number] {
  const at = edge * 4;
  return [edges[at] ?? 0, edges[at + 1] ?? 0, edges[at + 2] ?? 0, edges[at + 3] ?? 0];
}
