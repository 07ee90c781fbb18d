import type { Size } from '../../../base/units.ts';
import {
  coverageOf,
  type BoxShape,
  type LayerShape,
  type MaskShape,
  type PathPoint,
  type Point,
  type Stroke,
} from './mask-shape.ts';

/** Pieces per curve of a path. */
const PIECES = 100;

/** Values 0 to 255 in float64, from the definitions, every edge at every pixel; the oracle of the tests. */
export function maskReference(shape: MaskShape, size: Size): Float64Array {
  const scale = Math.min(size.width, size.height);
  const coverages = shape.layers.map((layer) => layerCoverage(layer, shape, size, scale));
  const values = new Float64Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      let value = shape.layers[0]?.combine === 'add' ? 0 : 1;
      shape.layers.forEach(({ combine }, i) => {
        const own = coverages[i]?.({ x: x + 0.5, y: y + 0.5 }) ?? 0;
        value =
          combine === 'add'
            ? Math.max(value, own)
            : Math.min(value, combine === 'subtract' ? 1 - own : own);
      });
      values[y * size.width + x] = 255 * (shape.invert ? 1 - value : value);
    }
  }
  return values;
}

type Coverage = (pixel: Point) => number;

function layerCoverage(layer: LayerShape, mask: MaskShape, size: Size, scale: number): Coverage {
  const grow = mask.grow * scale * (layer.combine === 'subtract' ? -1 : 1);
  const feather = mask.feather * scale;
  const cover = (distance: number, rim: number): number => coverageOf(distance / Math.max(1, rim));
  switch (layer.shape) {
    case 'rectangle':
    case 'ellipse':
      return (pixel) => cover(boxDistance(layer, size, pixel) - grow, feather);
    case 'path': {
      const outline = outlineOf(layer.points, size);
      return (pixel) => {
        const distance = distanceTo(outline, pixel) * (isInside(outline, pixel) ? -1 : 1);
        return cover(distance - grow, feather);
      };
    }
    case 'brush': {
      const strokes = layer.strokes.map((stroke) => strokeDistance(stroke, size, scale));
      return (pixel) =>
        layer.strokes.reduce((value, stroke, i) => {
          const soft = (stroke.softness * stroke.size * scale) / 2;
          const distance = strokes[i]?.(pixel) ?? 0;
          return stroke.erase
            ? Math.min(value, 1 - cover(distance + grow, feather + soft))
            : Math.max(value, cover(distance - grow, feather + soft));
        }, 0);
    }
  }
}

function boxDistance(box: BoxShape, size: Size, pixel: Point): number {
  if (box.width <= 0 || box.height <= 0) {
    return Number.POSITIVE_INFINITY;
  }
  const a = (box.width * size.width) / 2;
  const b = (box.height * size.height) / 2;
  const dx = pixel.x - (box.x * size.width + a);
  const dy = pixel.y - (box.y * size.height + b);
  const angle = (box.rotation * Math.PI) / 180;
  const u = dx * Math.cos(angle) + dy * Math.sin(angle);
  const v = -dx * Math.sin(angle) + dy * Math.cos(angle);
  if (box.shape === 'rectangle') {
    const [outX, outY] = [Math.abs(u) - a, Math.abs(v) - b];
    return outX > 0 && outY > 0 ? Math.hypot(outX, outY) : Math.max(outX, outY);
  }
  const level = Math.hypot(u / a, v / b);
  const gradient = Math.hypot(u / a ** 2, v / b ** 2) / level;
  return level === 0 ? -Math.min(a, b) : (level - 1) / gradient;
}

/** Where a soft stroke is half there. */
function strokeDistance(stroke: Stroke, size: Size, scale: number): (pixel: Point) => number {
  const radius = (stroke.size * scale) / 2;
  const line = stroke.points.map(({ x, y }) => ({ x: x * size.width, y: y * size.height }));
  return (pixel) => distanceTo(line, pixel) - radius * (1 - stroke.softness / 2);
}

/** Closed: the last point is the first. */
function outlineOf(points: readonly PathPoint[], size: Size): readonly Point[] {
  const outline = points.flatMap((from, i) => {
    const to = points[(i + 1) % points.length] ?? from;
    return Array.from({ length: PIECES }, (_, piece) => {
      const t = piece / PIECES;
      const at = (axis: 'x' | 'y'): number =>
        (1 - t) ** 3 * from[axis] +
        3 * (1 - t) ** 2 * t * (from[axis] + from.out[axis]) +
        3 * (1 - t) * t ** 2 * (to[axis] + to.in[axis]) +
        t ** 3 * to[axis];
      return { x: at('x') * size.width, y: at('y') * size.height };
    });
  });
  return [...outline, ...outline.slice(0, 1)];
}

function distanceTo(line: readonly Point[], pixel: Point): number {
  const [first] = line;
  let nearest = first === undefined ? Infinity : Math.hypot(pixel.x - first.x, pixel.y - first.y);
  line.slice(1).forEach((to, i) => {
    const from = line[i] ?? to;
    const [ax, ay] = [to.x - from.x, to.y - from.y];
    const length = Math.hypot(ax, ay);
    const along = length === 0 ? 0 : ((pixel.x - from.x) * ax + (pixel.y - from.y) * ay) / length;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, along / length));
    nearest = Math.min(nearest, Math.hypot(pixel.x - from.x - t * ax, pixel.y - from.y - t * ay));
  });
  return nearest;
}

/** By the angle that the outline turns around the pixel: a whole turn or more is inside. */
function isInside(outline: readonly Point[], pixel: Point): boolean {
  let turned = 0;
  outline.slice(1).forEach((to, i) => {
    const from = outline[i] ?? to;
    const [ax, ay] = [from.x - pixel.x, from.y - pixel.y];
    const [bx, by] = [to.x - pixel.x, to.y - pixel.y];
    turned += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
  });
  return Math.abs(turned) > Math.PI;
}
