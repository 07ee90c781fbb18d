import type { Size } from '../../../base/units.ts';
import type { MaskShape } from './mask-shape.ts';

/** Values 0 to 255 in float64, from the formulas of the shape's outline; the oracle of the tests. */
export function maskReference(shape: MaskShape, size: Size): Float64Array {
  const shorter = Math.min(size.width, size.height);
  const rim = Math.max(1, shape.feather * shorter);
  const values = new Float64Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const distance = signedDistance(shape, size, x + 0.5, y + 0.5);
      const t = Math.min(1, Math.max(0, 0.5 - distance / rim));
      const inside = 3 * t ** 2 - 2 * t ** 3;
      values[y * size.width + x] = 255 * (shape.invert ? 1 - inside : inside);
    }
  }
  return values;
}

function signedDistance(shape: MaskShape, size: Size, px: number, py: number): number {
  const left = shape.x * size.width;
  const top = shape.y * size.height;
  const right = (shape.x + shape.width) * size.width;
  const bottom = (shape.y + shape.height) * size.height;
  if (right <= left || bottom <= top) {
    return Number.POSITIVE_INFINITY;
  }
  if (shape.kind === 'rectangle') {
    const dx = Math.max(left - px, px - right);
    const dy = Math.max(top - py, py - bottom);
    return dx > 0 && dy > 0 ? Math.hypot(dx, dy) : Math.max(dx, dy);
  }
  const a = (right - left) / 2;
  const b = (bottom - top) / 2;
  const u = px - (left + right) / 2;
  const v = py - (top + bottom) / 2;
  const level = Math.hypot(u / a, v / b);
  const gradient = Math.hypot(u / a ** 2, v / b ** 2) / level;
  return level === 0 ? -Math.min(a, b) : (level - 1) / gradient;
}
