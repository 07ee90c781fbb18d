import type { BoxStep } from './mask-program.ts';

/** Pixels from the outline of a box step, negative inside; (dx, dy) from its middle. */
export function boxDistance(box: BoxStep, dx: number, dy: number): number {
  const { halfWidth, halfHeight, cos, sin } = box;
  const across = dx * cos + dy * sin;
  const down = dy * cos - dx * sin;
  if (box.kind === 'rectangle') {
    const outsideX = Math.abs(across) - halfWidth;
    const outsideY = Math.abs(down) - halfHeight;
    if (outsideX > 0 && outsideY > 0) {
      return Math.sqrt(outsideX * outsideX + outsideY * outsideY);
    }
    return Math.max(outsideX, outsideY);
  }
  // First-order distance to an ellipse: its implicit function over the length of that function's gradient.
  const u = across / halfWidth;
  const v = down / halfHeight;
  const slopeX = u / halfWidth;
  const slopeY = v / halfHeight;
  const level = Math.sqrt(u * u + v * v);
  const slope = Math.sqrt(slopeX * slopeX + slopeY * slopeY);
  return slope === 0 ? -Math.min(halfWidth, halfHeight) : (level * (level - 1)) / slope;
}

/**
 * Between what the distances within `reach` pixels of a place lie; (dx, dy) from the middle of the box. An ellipse's
 * first-order distance is at least the shorter half axis times (level - 1) outside, at most that inside, and its level
 * changes by one over that axis per pixel.
 */
export function boxDistances(
  box: BoxStep,
  dx: number,
  dy: number,
  reach: number,
): { readonly least: number; readonly most: number } {
  if (box.kind === 'rectangle') {
    const distance = boxDistance(box, dx, dy);
    return { least: distance - reach, most: distance + reach };
  }
  const { halfWidth, halfHeight, cos, sin } = box;
  const shorter = Math.min(halfWidth, halfHeight);
  const level = Math.hypot((dx * cos + dy * sin) / halfWidth, (dy * cos - dx * sin) / halfHeight);
  const [least, most] = [level - reach / shorter, level + reach / shorter];
  return {
    least: least > 1 ? shorter * (least - 1) : -Infinity,
    most: most < 1 ? shorter * (most - 1) : Infinity,
  };
}
