import { must } from '../base/assert.ts';
import type { Microseconds } from '../base/units.ts';
import type {
  BoxKeyframe,
  BoxLayer,
  BrushKeyframe,
  Easing,
  Keyframe,
  MaskCombine,
  MaskLayer,
  MaskPoint,
  MaskTrack,
  PathKeyframe,
  PathPoint,
} from './document.ts';

/** A mask at one moment; units as in the document. */
export type MaskShape = {
  readonly feather: number;
  readonly grow: number;
  readonly invert: boolean;
  readonly layers: readonly LayerShape[];
};

export type LayerShape = BoxShape | PathShape | BrushShape;

export type BoxShape = { readonly combine: MaskCombine; readonly shape: BoxLayer['shape'] } & Omit<
  BoxKeyframe,
  'time' | 'easing'
>;
export type PathShape = {
  readonly combine: MaskCombine;
  readonly shape: 'path';
} & Pick<PathKeyframe, 'points'>;
export type BrushShape = {
  readonly combine: MaskCombine;
  readonly shape: 'brush';
} & Pick<BrushKeyframe, 'strokes'>;

/** The blend at a time, 0 to 1: eased between keyframes, held before the first and after the last. */
export function evaluateAmount(keyframes: readonly Keyframe[], time: Microseconds): number {
  const { before, after, fraction } = locateEased(keyframes, time);
  return mix(before.value, after.value, fraction);
}

/** The mask at a time: numbers move as the easing of the keyframe before says, held outside of the keyframes. */
export function evaluateMask(track: MaskTrack, time: Microseconds): MaskShape {
  const { feather, grow, invert, layers } = track;
  return { feather, grow, invert, layers: layers.map((layer) => evaluateLayer(layer, time)) };
}

/** One layer at a time; the same numbers that a keyframe put there would have. */
export function evaluateLayer(layer: MaskLayer, time: Microseconds): LayerShape {
  const { combine } = layer;
  switch (layer.shape) {
    case 'path': {
      const { before, after, fraction } = locateEased(layer.keyframes, time);
      const points = before.points.map((point, i) =>
        mixPoints(point, must(after.points[i], 'a point'), fraction),
      );
      return { combine, shape: layer.shape, points };
    }
    case 'brush':
      return { combine, shape: layer.shape, strokes: locate(layer.keyframes, time).before.strokes };
    case 'rectangle':
    case 'ellipse': {
      const { before, after, fraction } = locateEased(layer.keyframes, time);
      const side = (name: Exclude<keyof BoxKeyframe, 'time' | 'easing'>): number =>
        mix(before[name], after[name], fraction);
      return {
        combine,
        shape: layer.shape,
        x: side('x'),
        y: side('y'),
        width: side('width'),
        height: side('height'),
        rotation: side('rotation'),
      };
    }
  }
}

function locateEased<T extends { readonly time: Microseconds; readonly easing?: Easing }>(
  keyframes: readonly T[],
  time: Microseconds,
): { before: T; after: T; fraction: number } {
  const { before, after, fraction } = locate(keyframes, time);
  return { before, after, fraction: ease(before.easing ?? 'linear', fraction) };
}

function ease(easing: Easing, fraction: number): number {
  switch (easing) {
    case 'hold':
      return 0;
    case 'ease':
      return fraction * fraction * (3 - 2 * fraction);
    case 'linear':
      return fraction;
  }
}

function locate<T extends { readonly time: Microseconds }>(
  keyframes: readonly T[],
  time: Microseconds,
): { before: T; after: T; fraction: number } {
  const next = keyframes.findIndex((keyframe) => keyframe.time > time);
  if (next <= 0) {
    const held = must(keyframes.at(next === 0 ? 0 : -1), 'a keyframe');
    return { before: held, after: held, fraction: 0 };
  }
  const before = must(keyframes[next - 1], 'a keyframe');
  const after = must(keyframes[next], 'a keyframe');
  return { before, after, fraction: (time - before.time) / (after.time - before.time) };
}

function mixPoints(from: PathPoint, to: PathPoint, fraction: number): PathPoint {
  return {
    ...mixPlaces(from, to, fraction),
    in: mixPlaces(from.in, to.in, fraction),
    out: mixPlaces(from.out, to.out, fraction),
  };
}

function mixPlaces(from: MaskPoint, to: MaskPoint, fraction: number): MaskPoint {
  return { x: mix(from.x, to.x, fraction), y: mix(from.y, to.y, fraction) };
}

function mix(from: number, to: number, fraction: number): number {
  return from + (to - from) * fraction;
}
