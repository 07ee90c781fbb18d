import type { Size } from '../../../base/units.ts';

/** A mask at one moment, in fractions of the displayed size. */
export type MaskShape = {
  readonly kind: 'rectangle' | 'ellipse';
  /** Top left corner of the box. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Width of the soft rim in fractions of the shorter side, half of it on each side of the outline. */
  readonly feather: number;
  readonly invert: boolean;
};

/** The shape in pixels of one size, as the shader gets it. */
export type MaskGeometry = {
  readonly centreX: number;
  readonly centreY: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  /** Width of the rim in pixels; never under one, which smooths the edge. */
  readonly rim: number;
};

export function geometryOf(shape: MaskShape, size: Size): MaskGeometry {
  const halfWidth = (shape.width * size.width) / 2;
  const halfHeight = (shape.height * size.height) / 2;
  return {
    centreX: shape.x * size.width + halfWidth,
    centreY: shape.y * size.height + halfHeight,
    halfWidth,
    halfHeight,
    rim: Math.max(1, shape.feather * Math.min(size.width, size.height)),
  };
}

/** Pixels from the outline, negative inside. (dx, dy): from the centre. */
export function distanceTo(
  kind: MaskShape['kind'],
  geometry: MaskGeometry,
  dx: number,
  dy: number,
): number {
  const { halfWidth, halfHeight } = geometry;
  if (kind === 'rectangle') {
    const outsideX = Math.abs(dx) - halfWidth;
    const outsideY = Math.abs(dy) - halfHeight;
    if (outsideX > 0 && outsideY > 0) {
      return Math.sqrt(outsideX * outsideX + outsideY * outsideY);
    }
    return Math.max(outsideX, outsideY);
  }
  // First-order distance to an ellipse: its implicit function over the length of that function's gradient.
  const u = dx / halfWidth;
  const v = dy / halfHeight;
  const slopeX = u / halfWidth;
  const slopeY = v / halfHeight;
  const level = Math.sqrt(u * u + v * v);
  const slope = Math.sqrt(slopeX * slopeX + slopeY * slopeY);
  return slope === 0 ? -Math.min(halfWidth, halfHeight) : (level * (level - 1)) / slope;
}

/** 0 to 1 over the rim, with a smooth start and end; `distance` in pixels, negative inside. */
export function rampOf(distance: number, rim: number): number {
  const t = Math.min(1, Math.max(0, 0.5 - distance / rim));
  return t * t * (3 - 2 * t);
}
