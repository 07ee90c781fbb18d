import { AppError } from '../base/error.ts';
import { must } from '../base/assert.ts';
import type { Microseconds } from '../base/units.ts';
import type { Easing, MaskKeyframe, MaskLayer } from './document.ts';
import type { LayerShape } from './evaluate.ts';

/** Keyframes on their way from one place or layer to another; times count from the first one. */
export type CopiedKeyframes = Pick<MaskLayer, 'shape'> & {
  readonly frames: readonly CopiedKeyframe[];
};
export type CopiedKeyframe = {
  readonly after: Microseconds;
  readonly easing: Easing;
  readonly shape: LayerShape;
};

/** The layer with its keyframes changed, whatever shape they are of. */
export function mapKeyframes(
  layer: MaskLayer,
  change: <Frame extends MaskKeyframe>(frames: readonly Frame[]) => readonly Frame[],
): MaskLayer {
  switch (layer.shape) {
    case 'path':
      return { ...layer, keyframes: change(layer.keyframes) };
    case 'brush':
      return { ...layer, keyframes: change(layer.keyframes) };
    case 'rectangle':
    case 'ellipse':
      return { ...layer, keyframes: change(layer.keyframes) };
  }
}

/**
 * Where a changed shape goes: a layer with one keyframe stands still and changes as a whole, one with more gets a
 * keyframe at the time.
 */
export function timeToKey(layer: MaskLayer, time: Microseconds): Microseconds {
  const [first, second] = layer.keyframes;
  return first !== undefined && second === undefined ? first.time : time;
}

/** The layer with this shape at a time. Refuses a shape of another kind, or a path with another number of points. */
export function putShape(layer: MaskLayer, time: Microseconds, shape: LayerShape): MaskLayer {
  const easing = easingAt(layer, time);
  switch (layer.shape) {
    case 'path': {
      if (shape.shape !== 'path' || shape.points.length !== layer.keyframes[0]?.points.length) {
        throw misfit(layer, shape);
      }
      const { points } = shape;
      return { ...layer, keyframes: insert(layer.keyframes, [{ time, easing, points }]) };
    }
    case 'brush': {
      if (shape.shape !== 'brush') {
        throw misfit(layer, shape);
      }
      const { strokes } = shape;
      return { ...layer, keyframes: insert(layer.keyframes, [{ time, easing, strokes }]) };
    }
    case 'rectangle':
    case 'ellipse': {
      if (shape.shape === 'path' || shape.shape === 'brush') {
        throw misfit(layer, shape);
      }
      const { x, y, width, height, rotation } = shape;
      const frame = { time, easing, x, y, width, height, rotation };
      return { ...layer, keyframes: insert(layer.keyframes, [frame]) };
    }
  }
}

/** Moves the keyframes at `times` to where `to` says; they replace others where they come to be. */
export function moveTimes<Frame extends MaskKeyframe>(
  frames: readonly Frame[],
  times: ReadonlySet<number>,
  to: (time: Microseconds) => Microseconds,
): readonly Frame[] {
  const moved = frames
    .filter(({ time }) => times.has(time))
    .map((frame) => ({ ...frame, time: to(frame.time) }));
  return insert(
    frames.filter(({ time }) => !times.has(time)),
    moved,
  );
}

/** The keyframes of a layer at these times, to be pasted; null where there are none. */
export function copyKeyframes(
  layer: MaskLayer,
  times: ReadonlySet<number>,
): CopiedKeyframes | null {
  const { combine } = layer;
  const copy = <Frame extends MaskKeyframe>(
    frames: readonly Frame[],
    shapeOf: (frame: Frame) => LayerShape,
  ): CopiedKeyframe[] => {
    const chosen = frames.filter(({ time }) => times.has(time));
    return chosen.map((frame) => ({
      after: frame.time - must(chosen[0], 'a keyframe').time,
      easing: frame.easing,
      shape: shapeOf(frame),
    }));
  };
  const frames = (() => {
    switch (layer.shape) {
      case 'path':
        return copy(layer.keyframes, ({ points }) => ({ combine, shape: 'path', points }));
      case 'brush':
        return copy(layer.keyframes, ({ strokes }) => ({ combine, shape: 'brush', strokes }));
      case 'rectangle':
      case 'ellipse': {
        const { shape } = layer;
        return copy(layer.keyframes, ({ x, y, width, height, rotation }) => {
          return { combine, shape, x, y, width, height, rotation };
        });
      }
    }
  })();
  return frames.length === 0 ? null : { shape: layer.shape, frames };
}

export function pasteInto(
  layer: MaskLayer,
  time: Microseconds,
  copied: CopiedKeyframes,
): MaskLayer {
  let pasted = layer;
  for (const { after, easing, shape } of copied.frames) {
    const at = time + after;
    pasted = mapKeyframes(putShape(pasted, at, shape), (frames) =>
      frames.map((frame) => (frame.time === at ? { ...frame, easing } : frame)),
    );
  }
  return pasted;
}

/** Of the keyframe at the time, else of the one before it. */
function easingAt(layer: MaskLayer, time: Microseconds): Easing {
  const frames: readonly MaskKeyframe[] = layer.keyframes;
  return frames.findLast((frame) => frame.time <= time)?.easing ?? 'linear';
}

/** Of added ones that share a time the last one stays. */
function insert<Frame extends MaskKeyframe>(
  frames: readonly Frame[],
  added: readonly Frame[],
): readonly Frame[] {
  const last = new Map(added.map((frame) => [frame.time, frame]));
  return [...frames.filter(({ time }) => !last.has(time)), ...last.values()].toSorted(
    (a, b) => a.time - b.time,
  );
}

function misfit(layer: MaskLayer, shape: LayerShape): AppError {
  const detail =
    layer.shape === shape.shape
      ? 'Paths can only take keyframes with as many points.'
      : `A ${layer.shape} can’t take the keyframes of a ${shape.shape}.`;
  return new AppError('edit/bad-setting', detail);
}
