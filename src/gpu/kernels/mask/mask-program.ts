import type { Size } from '../../../base/units.ts';
import { flattenPath } from './flatten.ts';
import type { BoxShape, Combine, LayerShape, MaskShape, Stroke } from './mask-shape.ts';

/**
 * A mask in pixels of one size, as both rasterisers take it: steps in order, each a shape that is put on its layer
 * (or taken off it), the last step of a layer puts the layer on the whole. A pixel's level in a step is
 * (distance to the outline - grow) / rim, so that union, intersection and difference of shapes with rims of any width
 * are minimum, maximum and negation of levels.
 */
export type MaskProgram = {
  readonly steps: readonly MaskStep[];
  /** Four numbers each: from x, y to x, y. */
  readonly edges: Float64Array;
  /** Whether it starts from the whole picture. */
  readonly startsFull: boolean;
  readonly invert: boolean;
};

export type MaskStep = (BoxStep | EdgesStep | { readonly kind: 'nothing' }) & {
  /** Pixels; its sign is that of the step: what is taken away shrinks where the mask grows. */
  readonly grow: number;
  /** Pixels; never under one, which smooths the edge. */
  readonly rim: number;
  readonly erase: boolean;
  /** First step of its layer. */
  readonly begins: boolean;
  /** Of the last step of its layer: how the layer is combined. */
  readonly ends: Combine | null;
};

export type BoxStep = {
  readonly kind: 'rectangle' | 'ellipse';
  readonly centreX: number;
  readonly centreY: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly cos: number;
  readonly sin: number;
};

/** The inside of a closed path (radius 0), or what lies within the radius of a stroke. */
export type EdgesStep = {
  readonly kind: 'path' | 'stroke';
  /** Numbers of edges, half-open. */
  readonly from: number;
  readonly to: number;
  readonly radius: number;
  readonly bounds: Bounds;
};

export type Bounds = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

type Shape = BoxStep | EdgesStep | { readonly kind: 'nothing' };
type Part = { readonly shape: Shape; readonly softness: number; readonly erase: boolean };

export function planMask(shape: MaskShape, size: Size): MaskProgram {
  const shorter = Math.min(size.width, size.height);
  const grow = shape.grow * shorter;
  const feather = shape.feather * shorter;
  const edges: number[] = [];
  const steps = shape.layers.flatMap((layer) => {
    const parts = partsOf(layer, size, edges);
    const own = layer.combine === 'subtract' ? -grow : grow;
    return parts.map((part, i): MaskStep => ({
      ...part.shape,
      grow: part.erase ? -own : own,
      rim: Math.max(1, feather + part.softness),
      erase: part.erase,
      begins: i === 0,
      ends: i === parts.length - 1 ? layer.combine : null,
    }));
  });
  const [first] = shape.layers;
  return {
    steps,
    edges: Float64Array.from(edges),
    startsFull: first !== undefined && first.combine !== 'add',
    invert: shape.invert,
  };
}

const NOTHING: Part = { shape: { kind: 'nothing' }, softness: 0, erase: false };

function partsOf(layer: LayerShape, size: Size, edges: number[]): readonly Part[] {
  switch (layer.shape) {
    case 'rectangle':
    case 'ellipse':
      return [{ ...NOTHING, shape: boxOf(layer, size) }];
    case 'path': {
      const from = edges.length / 4;
      flattenPath(layer.points, size, edges);
      return [{ ...NOTHING, shape: edgesOf('path', from, edges, 0) }];
    }
    case 'brush':
      return layer.strokes.length === 0
        ? [NOTHING]
        : layer.strokes.map((stroke) => strokeOf(stroke, size, edges));
  }
}

/** An empty box is nothing at all. */
function boxOf(box: BoxShape, size: Size): Shape {
  if (box.width <= 0 || box.height <= 0) {
    return { kind: 'nothing' };
  }
  const halfWidth = (box.width * size.width) / 2;
  const halfHeight = (box.height * size.height) / 2;
  const angle = (box.rotation * Math.PI) / 180;
  return {
    kind: box.shape,
    centreX: box.x * size.width + halfWidth,
    centreY: box.y * size.height + halfHeight,
    halfWidth,
    halfHeight,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
  };
}

/** A soft stroke fades over softness x radius, from its radius inwards. */
function strokeOf(stroke: Stroke, size: Size, edges: number[]): Part {
  const from = edges.length / 4;
  const radius = (stroke.size / 2) * Math.min(size.width, size.height);
  const softness = stroke.softness * radius;
  stroke.points.forEach((point, i) => {
    const before = stroke.points[i - 1];
    if (before !== undefined || stroke.points.length === 1) {
      const { x, y } = before ?? point;
      edges.push(x * size.width, y * size.height, point.x * size.width, point.y * size.height);
    }
  });
  return {
    shape: edgesOf('stroke', from, edges, radius - softness / 2),
    softness,
    erase: stroke.erase,
  };
}

function edgesOf(
  kind: EdgesStep['kind'],
  from: number,
  edges: readonly number[],
  radius: number,
): EdgesStep {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let at = from * 4; at < edges.length; at += 2) {
    const [x = 0, y = 0] = [edges[at], edges[at + 1]];
    bounds.left = Math.min(bounds.left, x);
    bounds.right = Math.max(bounds.right, x);
    bounds.top = Math.min(bounds.top, y);
    bounds.bottom = Math.max(bounds.bottom, y);
  }
  return { kind, from, to: edges.length / 4, radius, bounds };
}
