/**
 * A mask at one moment. Places in fractions of the displayed width and height, `feather`, `grow` and brush sizes in
 * fractions of the shorter side. Layers are combined in order; where the first one does not add, it starts from the
 * whole picture.
 */
export type MaskShape = {
  /** Width of the soft rim, half of it on each side of the outline. */
  readonly feather: number;
  /** Moves the outline outwards, or inwards where negative; before `invert`. */
  readonly grow: number;
  readonly invert: boolean;
  readonly layers: readonly LayerShape[];
};

export type Combine = 'add' | 'subtract' | 'intersect';
export type LayerShape = BoxShape | PathShape | BrushShape;

export type BoxShape = {
  readonly combine: Combine;
  readonly shape: 'rectangle' | 'ellipse';
  /** Top left corner of the box before it is turned. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise around the middle. */
  readonly rotation: number;
};

/** A closed curve of cubic Béziers; inside by the nonzero rule. */
export type PathShape = {
  readonly combine: Combine;
  readonly shape: 'path';
  readonly points: readonly PathPoint[];
};

export type BrushShape = {
  readonly combine: Combine;
  readonly shape: 'brush';
  readonly strokes: readonly Stroke[];
};

export type Point = { readonly x: number; readonly y: number };
/** Handles are relative to the point. */
export type PathPoint = Point & { readonly in: Point; readonly out: Point };

export type Stroke = {
  readonly points: readonly Point[];
  /** Diameter. */
  readonly size: number;
  /** Share of the radius, from the rim inwards, over which the stroke fades. */
  readonly softness: number;
  readonly erase: boolean;
};

/** 0 to 1 with a smooth start and end, of a level: signed distance over the rim's width, negative inside. */
export function coverageOf(level: number): number {
  const t = Math.min(1, Math.max(0, 0.5 - level));
  return t * t * (3 - 2 * t);
}
