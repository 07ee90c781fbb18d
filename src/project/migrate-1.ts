import { CLIP_END } from './sequence.ts';

/**
 * Version 2 has masks of several layers, with easing, rotation and growth; version 1 had one box that moves evenly. It
 * also has the cut: version 1 showed each clip whole.
 */
export function migrateFrom1(document: object): object {
  const edits = field(document, 'edits');
  const clips = field(document, 'clips');
  return {
    ...document,
    version: 2,
    pieces: Array.isArray(clips) ? clips.map((clip: unknown) => wholePiece(clip)) : [],
    edits: Array.isArray(edits) ? edits.map((edit: unknown) => migrateEdit(edit)) : edits,
  };
}

/** How long a clip is was not in version 1: `fitPieces` finds its end when it is opened. */
function wholePiece(clip: unknown): object {
  const id = field(clip, 'id');
  return { id, clipId: id, from: 0, to: CLIP_END };
}

/** What is not as version 1 wrote it is left for the schema to refuse. */
function migrateEdit(edit: unknown): unknown {
  const mask = field(edit, 'mask');
  const keyframes = field(mask, 'keyframes');
  if (!isObject(edit) || !isObject(mask) || !Array.isArray(keyframes)) {
    return edit;
  }
  const { shape, keyframes: _, ...rest } = { shape: null, keyframes, ...mask };
  const frames = keyframes.map((frame: unknown) =>
    isObject(frame) ? { easing: 'linear', rotation: 0, ...frame } : frame,
  );
  const layer = { id: 'layer-1', combine: 'add', shape, keyframes: frames };
  return { ...edit, mask: { grow: 0, ...rest, layers: [layer] } };
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
