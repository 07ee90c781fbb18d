import { AppError } from '../../base/error.ts';
import type {
  BrushStroke,
  Easing,
  MaskCombine,
  MaskLayer,
  MaskTrack,
} from '../../project/document.ts';
import { evaluateLayer, type LayerShape } from '../../project/evaluate.ts';
import { frameAt, nearestFrameTime } from '../../project/frames.ts';
import { MASK_LIMITS } from '../../project/limits.ts';
import { changeMask, labelOfMaskChange, type MaskChange } from '../../project/mask-changes.ts';
import { changeEditMask } from '../../project/mask-commands.ts';
import { copyKeyframes, timeToKey } from '../../project/mask-keyframes.ts';
import { checkMask } from '../../project/schema.ts';
import type { App } from '../app.ts';
import { activeLayer, maskTarget, nextKeyedFrame, type MaskTarget } from '../mask-target.ts';
import { placeAtClipFrame } from '../playhead.ts';
import type { MaskLook } from '../state/mask-store.ts';
import { changeDraftMask, dispatch, setMask } from './edit-commands.ts';
import { pause } from './transport-commands.ts';

/** The mask that is worked on, or null. */
export function currentMask(app: App): MaskTarget | null {
  return maskTarget(app.project.current, app.session.getState());
}

/** Changes the mask of the selected edit, else that of the next edit, as one step of undo. A refusal is said. */
export function applyMaskChange(app: App, change: MaskChange): boolean {
  const target = currentMask(app);
  if (target === null) {
    return false;
  }
  const { editId } = target;
  if (editId !== null) {
    return dispatch(app, (project) => changeEditMask(project, { editId, change }));
  }
  try {
    const mask = changeMask(target.mask, change);
    changeDraftMask(app, mask === null ? null : checkMask(mask), labelOfMaskChange(change));
    return true;
  } catch (error) {
    app.notices.fail(error);
    return false;
  }
}

/** Puts a drawn shape on the mask as a layer of its own, and selects it. */
export function addShape(app: App, shape: LayerShape, erases = false): void {
  const target = currentMask(app);
  if (target === null) {
    return;
  }
  const isFirst = target.mask === null;
  const { combine } = app.masks.getState();
  const id = crypto.randomUUID();
  const joins = erases ? 'subtract' : isFirst ? 'add' : combine;
  const layer = layerOf(id, { ...shape, combine: joins }, target.time);
  if (applyMaskChange(app, { kind: 'add-layer', layer })) {
    app.masks.setState({ layer: id, point: null, keys: [] });
  }
}

function layerOf(id: string, shape: LayerShape, time: number): MaskLayer {
  const { combine } = shape;
  const at = { time, easing: 'linear' } as const;
  switch (shape.shape) {
    case 'path':
      return { id, combine, shape: 'path', keyframes: [{ ...at, points: shape.points }] };
    case 'brush':
      return {
        id,
        combine,
        shape: 'brush',
        keyframes: [{ time, easing: 'hold', strokes: shape.strokes }],
      };
    case 'rectangle':
    case 'ellipse': {
      const { x, y, width, height, rotation } = shape;
      const frame = { ...at, x, y, width, height, rotation };
      return { id, combine, shape: shape.shape, keyframes: [frame] };
    }
  }
}

/** Gives the layer another shape: as a whole where it stands still, else at the time of the frame on screen. */
export function reshape(app: App, layer: MaskLayer, shape: LayerShape): void {
  const target = currentMask(app);
  if (target !== null) {
    const time = timeToKey(layer, target.time);
    applyMaskChange(app, { kind: 'shape', layerId: layer.id, time, shape });
  }
}

/** Puts a stroke on the brush layer that is worked on, else on a new one; erasing takes away from what there is. */
export function paint(app: App, stroke: BrushStroke): void {
  const target = currentMask(app);
  const layer = target?.mask ? activeLayer(target.mask, app.masks.getState()) : null;
  if (target !== null && layer?.shape === 'brush') {
    const shape = evaluateLayer(layer, target.time);
    if (shape.shape === 'brush') {
      reshape(app, layer, { ...shape, strokes: [...shape.strokes, stroke] });
    }
    return;
  }
  if (stroke.erase && target?.mask === null) {
    app.notices.fail(new AppError('edit/bad-setting', 'There is no mask to erase from yet.'));
    return;
  }
  // On other shapes the eraser is a brush that subtracts.
  const strokes = [{ ...stroke, erase: false }];
  addShape(app, { combine: 'add', shape: 'brush', strokes }, stroke.erase);
}

/** N and Shift+N: the frame on screen becomes that of the keyframe. */
export function goToKeyframe(app: App, direction: 1 | -1): void {
  const target = currentMask(app);
  if (target === null || target.mask === null) {
    return;
  }
  const { clip, mask, time } = target;
  const frame = nextKeyedFrame(mask, clip.times, frameAt(clip.times, time), direction);
  if (frame !== null) {
    pause(app);
    placeAtClipFrame(app, clip.id, frame);
  }
}

/** Alt+N: holds on to the layer that is worked on as it is at the frame on screen. */
export function addKeyframe(app: App): void {
  const target = currentMask(app);
  const layer = target?.mask ? activeLayer(target.mask, app.masks.getState()) : null;
  if (target !== null && layer !== null) {
    const { time } = target;
    applyMaskChange(app, { kind: 'add-keyframe', layerId: layer.id, time });
    app.masks.setState({ keys: [{ layerId: layer.id, time }] });
  }
}

/** Delete: selected keyframes, else the selected point, else the selected layer. Returns whether there was any. */
export function deleteOfMask(app: App): boolean {
  const { keys, point, layer } = app.masks.getState();
  const mask = currentMask(app)?.mask ?? null;
  const selected = mask?.layers.find(({ id }) => id === layer) ?? null;
  if (mask === null) {
    return false;
  }
  if (keys.length > 0) {
    app.masks.setState({ keys: [] });
    return applyMaskChange(app, { kind: 'remove-keyframes', keys });
  }
  if (selected === null) {
    return false;
  }
  if (point !== null && selected.shape === 'path') {
    app.masks.setState({ point: null });
    return applyMaskChange(app, { kind: 'remove-point', layerId: selected.id, index: point });
  }
  app.masks.setState({ layer: null });
  return applyMaskChange(app, { kind: 'remove-layer', layerId: selected.id });
}

/** Keyframes, or a layer of the mask that is worked on. */
export function hasMaskSelection(app: App): boolean {
  const { keys, layer } = app.masks.getState();
  const mask = currentMask(app)?.mask ?? null;
  return mask !== null && (keys.length > 0 || mask.layers.some(({ id }) => id === layer));
}

/** Esc: lets go of keyframes and layer. Returns whether any was selected. */
export function deselectMask(app: App): boolean {
  const wasSelected = hasMaskSelection(app);
  app.masks.setState({ keys: [], point: null, layer: null });
  return wasSelected;
}

/** Keyframes are copied from the layer of the first one that is selected. */
export function copyKeys(app: App): void {
  const { keys } = app.masks.getState();
  const layer = currentMask(app)?.mask?.layers.find(({ id }) => id === keys[0]?.layerId);
  if (layer !== undefined) {
    const times = new Set(keys.filter((key) => key.layerId === layer.id).map(({ time }) => time));
    app.masks.setState({ copied: copyKeyframes(layer, times) });
  }
}

/** They go to the layer that is worked on, the first one to the frame on screen. */
export function pasteKeys(app: App): void {
  const target = currentMask(app);
  const { copied } = app.masks.getState();
  const layer = target?.mask ? activeLayer(target.mask, app.masks.getState()) : null;
  if (target === null || layer === null || copied === null) {
    return;
  }
  const { time, clip } = target;
  // Frames differ in length by rounding, or altogether: a keyframe beside a frame would count from the next one on.
  const frames = copied.frames.map((frame) => {
    return { ...frame, after: nearestFrameTime(clip.times, time + frame.after) - time };
  });
  const onFrames = { ...copied, frames };
  if (applyMaskChange(app, { kind: 'paste', layerId: layer.id, time, copied: onFrames })) {
    const keys = frames.map(({ after }) => ({ layerId: layer.id, time: time + after }));
    app.masks.setState({ keys });
  }
}

export function easeKeys(app: App, easing: Easing): void {
  const { keys } = app.masks.getState();
  applyMaskChange(app, { kind: 'easing', keys, easing });
}

export function hasKeys(app: App): boolean {
  return app.masks.getState().keys.length > 0 && hasCurrentMask(app);
}

export function hasCurrentMask(app: App): boolean {
  const target = currentMask(app);
  return target !== null && target.mask !== null;
}

export function resizeBrush(app: App, factor: number): void {
  const [least, most] = MASK_LIMITS.brushSize;
  app.masks.setState(({ brush }) => {
    const size = Math.min(most, Math.max(least, Math.round(brush.size * factor * 1000) / 1000));
    return { brush: { ...brush, size } };
  });
}

export function softenBrush(app: App, by: number): void {
  app.masks.setState(({ brush }) => {
    const softness = Math.min(1, Math.max(0, Math.round((brush.softness + by) * 100) / 100));
    return { brush: { ...brush, softness } };
  });
}

const LOOKS: readonly MaskLook[] = ['outline', 'tint', 'matte'];

export function nextLook(app: App): void {
  app.masks.setState(({ look }) => {
    return { look: LOOKS[(LOOKS.indexOf(look) + 1) % LOOKS.length] ?? 'outline' };
  });
}

/** How the shape that is worked on joins those before it; while one is drawn, how the next one will. */
export function combineAs(app: App, combine: MaskCombine): void {
  app.masks.setState({ combine });
  const mask = currentMask(app)?.mask ?? null;
  const layer = mask === null ? null : activeLayer(mask, app.masks.getState());
  if (app.session.getState().maskTool === null && layer !== null) {
    applyMaskChange(app, { kind: 'combine', layerId: layer.id, combine });
  }
}

/** Inside becomes outside. */
export function invertMask(app: App): void {
  const mask = currentMask(app)?.mask ?? null;
  if (mask !== null) {
    applyMaskChange(app, { kind: 'rim', invert: !mask.invert });
  }
}

/** The whole frame again. */
export function removeMask(app: App): void {
  const target = currentMask(app);
  if (target !== null) {
    setMask(app, target.editId, null);
  }
}

/** Selects a layer of the mask that is worked on. */
export function selectLayer(app: App, mask: MaskTrack, layerId: string): void {
  if (mask.layers.some(({ id }) => id === layerId)) {
    app.masks.setState({ layer: layerId, point: null, keys: [] });
  }
}
