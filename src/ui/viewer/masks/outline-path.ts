import type { LayerShape, BrushShape } from '../../../project/evaluate.ts';
import type { PathPoint } from '../../../project/document.ts';

/** A layer's outline for an SVG whose units are hundredths of the picture's height, `aspect` times as wide as high. */
export const UNITS = 100;

type Place = { readonly x: number; readonly y: number };

/** The outline of a box or path; null for brushes, which are drawn as thick lines. */
export function outlineOf(shape: LayerShape, aspect: number): string | null {
  switch (shape.shape) {
    case 'rectangle':
    case 'ellipse': {
      const halfWidth = (shape.width / 2) * aspect * UNITS;
      const halfHeight = (shape.height / 2) * UNITS;
      const x = (shape.x + shape.width / 2) * aspect * UNITS;
      const y = (shape.y + shape.height / 2) * UNITS;
      const angle = (shape.rotation * Math.PI) / 180;
      const at = (across: number, down: number): string => {
        const px = x + across * Math.cos(angle) - down * Math.sin(angle);
        const py = y + across * Math.sin(angle) + down * Math.cos(angle);
        return `${round(px)} ${round(py)}`;
      };
      if (shape.shape === 'rectangle') {
        const corners = [at(-halfWidth, -halfHeight), at(halfWidth, -halfHeight)];
        corners.push(at(halfWidth, halfHeight), at(-halfWidth, halfHeight));
        return `M${corners.join('L')}Z`;
      }
      const arc = `A${round(halfWidth)} ${round(halfHeight)} ${shape.rotation} 1 1 `;
      return `M${at(-halfWidth, 0)}${arc}${at(halfWidth, 0)}${arc}${at(-halfWidth, 0)}Z`;
    }
    case 'path':
      return pathOf(shape.points, aspect, true);
    case 'brush':
      return null;
  }
}

/** A curve through the points, closed or still being drawn. */
export function pathOf(points: readonly PathPoint[], aspect: number, isClosed: boolean): string {
  const [first] = points;
  if (first === undefined) {
    return '';
  }
  const at = (point: Place, handle: Place = { x: 0, y: 0 }): string => {
    return `${round((point.x + handle.x) * aspect * UNITS)} ${round((point.y + handle.y) * UNITS)}`;
  };
  const curves = points.map((point, i) => {
    const next = points[i + 1] ?? (isClosed ? first : null);
    return next === null ? '' : `C${at(point, point.out)} ${at(next, next.in)} ${at(next)}`;
  });
  return `M${at(first)}${curves.join('')}${isClosed ? 'Z' : ''}`;
}

/** The line of a stroke; a dab is a line of no length, which round ends make a disc. */
export function strokeLine(points: readonly Place[], aspect: number): string {
  const [first] = points;
  const places = points.map(({ x, y }) => `${round(x * aspect * UNITS)} ${round(y * UNITS)}`);
  return first === undefined
    ? ''
    : `M${places.length === 1 ? `${places[0]}h0.001` : places.join('L')}`;
}

/** Width of a stroke in the SVG's units. */
export function strokeWidth(size: number, aspect: number): number {
  return size * Math.min(1, aspect) * UNITS;
}

/** Where a layer can be taken hold of: the box around it. */
export function boundsOf(shape: Exclude<LayerShape, BrushShape>): {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
} {
  if (shape.shape !== 'path') {
    return shape;
  }
  const xs = shape.points.map(({ x }) => x);
  const ys = shape.points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
