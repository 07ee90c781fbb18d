import { AppError } from '../base/error.ts';
import type { Microseconds } from '../base/units.ts';
import type { Easing, MaskCombine, MaskKeyframe, MaskLayer, MaskTrack } from './document.ts';
import { evaluateLayer, type LayerShape } from './evaluate.ts';
import { nearestFrameTime } from './frames.ts';
import {
  mapKeyframes,
  moveTimes,
  pasteInto,
  putShape,
  type CopiedKeyframes,
} from './mask-keyframes.ts';
import { insertPoint, removePoint } from './mask-path.ts';

/** A keyframe by its place. */
export type KeyframeRef = { readonly layerId: string; readonly time: Microseconds };

/** All that can be done to a mask, as data, so that masks of edits and of the next edit change alike. */
export type MaskChange =
  | { readonly kind: 'add-layer'; readonly layer: MaskLayer }
  | { readonly kind: 'remove-layer'; readonly layerId: string }
  /** `to` counts from the first layer. */
  | { readonly kind: 'move-layer'; readonly layerId: string; readonly to: number }
  | { readonly kind: 'combine'; readonly layerId: string; readonly combine: MaskCombine }
  /** Gives a layer this shape at a time: changes the keyframe there, or adds one. */
  | {
      readonly kind: 'shape';
      readonly layerId: string;
      readonly time: number;
      readonly shape: LayerShape;
    }
  /** Holds on to what the layer is at a time. */
  | { readonly kind: 'add-keyframe'; readonly layerId: string; readonly time: Microseconds }
  /** A layer goes with its last keyframe. */
  | { readonly kind: 'remove-keyframes'; readonly keys: readonly KeyframeRef[] }
  /** Moved keyframes replace what lies where they come to be; none moves before 0. */
  | {
      readonly kind: 'move-keyframes';
      readonly keys: readonly KeyframeRef[];
      readonly by: number;
      /** Of the clip's frames, rising: where given, each keyframe comes to lie on one. */
      readonly times?: ArrayLike<Microseconds>;
    }
  | { readonly kind: 'easing'; readonly keys: readonly KeyframeRef[]; readonly easing: Easing }
  | {
      readonly kind: 'paste';
      readonly layerId: string;
      /** Where the first one goes. */
      readonly time: Microseconds;
      readonly copied: CopiedKeyframes;
    }
  /** Splits the curve after point `after` in every keyframe; `share` along it, 0 to 1. No shape changes. */
  | {
      readonly kind: 'insert-point';
      readonly layerId: string;
      readonly after: number;
      readonly share: number;
    }
  /** Takes a point out of every keyframe; the last two stay. */
  | { readonly kind: 'remove-point'; readonly layerId: string; readonly index: number }
  | {
      readonly kind: 'rim';
      readonly feather?: number;
      readonly grow?: number;
      readonly invert?: boolean;
    };

/** Of masks that are drawn anew. */
export const NEW_MASK_FEATHER = 0.06;

/**
 * The mask after a change, null where none is left; the same object where nothing changes. Refuses with
 * `edit/bad-setting` what fits no layer of it; what a document may hold is checked by the command that puts it there.
 */
export function changeMask(mask: MaskTrack | null, change: MaskChange): MaskTrack | null {
  if (change.kind === 'add-layer') {
    return mask === null
      ? { feather: NEW_MASK_FEATHER, grow: 0, invert: false, layers: [change.layer] }
      : { ...mask, layers: [...mask.layers, change.layer] };
  }
  if (mask === null) {
    return null;
  }
  if (change.kind === 'rim') {
    const { kind: _kind, ...rim } = change;
    return { ...mask, ...rim };
  }
  const layers = changeLayers(mask.layers, change);
  const isSame =
    layers.length === mask.layers.length && layers.every((one, i) => one === mask.layers[i]);
  return isSame ? mask : layers.length === 0 ? null : { ...mask, layers };
}

type LayerChange = Exclude<MaskChange, { readonly kind: 'add-layer' | 'rim' }>;

function changeLayers(layers: readonly MaskLayer[], change: LayerChange): readonly MaskLayer[] {
  switch (change.kind) {
    case 'remove-layer':
      return layers.filter(({ id }) => id !== findLayer(layers, change.layerId).id);
    case 'move-layer': {
      const moved = findLayer(layers, change.layerId);
      return layers.filter((layer) => layer !== moved).toSpliced(Math.max(0, change.to), 0, moved);
    }
    case 'remove-keyframes':
      return layers.flatMap((layer) => removeKeys(layer, timesOf(change.keys, layer)));
    case 'move-keyframes': {
      const to = movedTo(change);
      return layers.map((layer) => moveKeys(layer, timesOf(change.keys, layer), to));
    }
    case 'easing':
      return layers.map((layer) => easeKeys(layer, timesOf(change.keys, layer), change.easing));
    case 'combine':
    case 'shape':
    case 'add-keyframe':
    case 'paste':
    case 'insert-point':
    case 'remove-point': {
      const found = findLayer(layers, change.layerId);
      return layers.map((layer) => (layer === found ? changeLayer(layer, change) : layer));
    }
  }
}

type OneLayerChange = Extract<
  LayerChange,
  {
    readonly kind: 'combine' | 'shape' | 'add-keyframe' | 'paste' | 'insert-point' | 'remove-point';
  }
>;

function changeLayer(layer: MaskLayer, change: OneLayerChange): MaskLayer {
  switch (change.kind) {
    case 'combine':
      return { ...layer, combine: change.combine };
    case 'shape':
      return putShape(layer, change.time, change.shape);
    case 'add-keyframe':
      return layer.keyframes.some(({ time }) => time === change.time)
        ? layer
        : putShape(layer, change.time, evaluateLayer(layer, change.time));
    case 'paste':
      return pasteInto(layer, change.time, change.copied);
    case 'insert-point':
      return insertPoint(layer, change.after, change.share);
    case 'remove-point':
      return removePoint(layer, change.index);
  }
}

function removeKeys(layer: MaskLayer, times: ReadonlySet<number>): readonly MaskLayer[] {
  const left = mapKeyframes(layer, (frames) => frames.filter(({ time }) => !times.has(time)));
  return times.size === 0 ? [layer] : left.keyframes.length === 0 ? [] : [left];
}

function moveKeys(
  layer: MaskLayer,
  times: ReadonlySet<number>,
  to: (time: Microseconds) => Microseconds,
): MaskLayer {
  return times.size === 0 ? layer : mapKeyframes(layer, (frames) => moveTimes(frames, times, to));
}

/** Where a keyframe that was at a time lies after a move. */
export function movedTo({
  keys,
  by,
  times,
}: Extract<MaskChange, { readonly kind: 'move-keyframes' }>): (time: Microseconds) => Microseconds {
  const least = Math.max(by, -Math.min(...keys.map(({ time }) => time)));
  return (time) => (times === undefined ? time + least : nearestFrameTime(times, time + least));
}

function easeKeys(layer: MaskLayer, times: ReadonlySet<number>, easing: Easing): MaskLayer {
  return times.size === 0
    ? layer
    : mapKeyframes(layer, (frames) =>
        frames.map((frame) => (times.has(frame.time) ? { ...frame, easing } : frame)),
      );
}

function timesOf(keys: readonly KeyframeRef[], layer: MaskLayer): ReadonlySet<number> {
  const has = (time: number) => layer.keyframes.some((frame: MaskKeyframe) => frame.time === time);
  return new Set(
    keys.filter(({ layerId, time }) => layerId === layer.id && has(time)).map(({ time }) => time),
  );
}

function findLayer(layers: readonly MaskLayer[], layerId: string): MaskLayer {
  const layer = layers.find(({ id }) => id === layerId);
  if (layer === undefined) {
    throw new AppError('edit/bad-setting', 'The mask has no such shape.');
  }
  return layer;
}

/** The words undo shows for a change. */
export function labelOfMaskChange(change: MaskChange): string {
  switch (change.kind) {
    case 'add-layer':
      return `Add ${change.layer.shape} mask`;
    case 'remove-layer':
      return 'Remove mask shape';
    case 'move-layer':
      return 'Change order of mask shapes';
    case 'combine':
      return `Make mask shape ${change.combine}`;
    case 'shape':
      return 'Change mask';
    case 'add-keyframe':
      return 'Add mask keyframe';
    case 'remove-keyframes':
      return change.keys.length === 1 ? 'Remove mask keyframe' : 'Remove mask keyframes';
    case 'move-keyframes':
      return change.keys.length === 1 ? 'Move mask keyframe' : 'Move mask keyframes';
    case 'easing':
      return change.easing === 'hold' ? 'Hold mask keyframe' : 'Interpolate mask keyframe';
    case 'paste':
      return 'Paste mask keyframes';
    case 'insert-point':
      return 'Add point to mask';
    case 'remove-point':
      return 'Remove point of mask';
    case 'rim':
      return change.invert === undefined
        ? change.grow === undefined
          ? 'Change mask feather'
          : 'Grow mask'
        : 'Invert mask';
  }
}
