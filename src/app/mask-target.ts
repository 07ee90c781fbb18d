import type { Microseconds } from '../base/units.ts';
import type { Edit, MaskLayer, MaskTrack, Project } from '../project/document.ts';
import { frameAt } from '../project/frames.ts';
import type { OpenClip, SessionState } from './state/session-store.ts';
import type { MaskState } from './state/mask-store.ts';

/** The mask that is worked on: of the selected edit, else of the next one. */
export type MaskTarget = {
  /** Null: the next edit. */
  readonly editId: string | null;
  readonly mask: MaskTrack | null;
  readonly clip: OpenClip;
  /** Clip time of the frame on screen. */
  readonly time: Microseconds;
};

type Where = Pick<SessionState, 'clip' | 'frame' | 'selectedEdit' | 'draft'>;

/** Null without a clip, and where the selected edit is of another clip than the one on screen. */
export function maskTarget(project: Project | null, session: Where): MaskTarget | null {
  const { clip, frame, selectedEdit, draft } = session;
  if (clip === null) {
    return null;
  }
  const edit: Edit | null = project?.edits.find(({ id }) => id === selectedEdit) ?? null;
  if (edit !== null && edit.clipId !== clip.id) {
    return null;
  }
  const time = Math.round(clip.times[frame] ?? 0);
  return { editId: edit?.id ?? null, mask: edit === null ? draft.mask : edit.mask, clip, time };
}

/** The layer that is worked on; a mask always has one. */
export function activeLayer(
  mask: MaskTrack,
  { layer }: Pick<MaskState, 'layer'>,
): MaskLayer | null {
  return mask.layers.find(({ id }) => id === layer) ?? mask.layers.at(-1) ?? null;
}

/** The nearest frame before (-1) or after (1) another that has a keyframe of any layer; null where there is none. */
export function nextKeyedFrame(
  mask: MaskTrack,
  times: ArrayLike<Microseconds>,
  frame: number,
  direction: 1 | -1,
): number | null {
  // By frames: one that another program has put between two is met on the frame that shows it.
  const frames = mask.layers
    .flatMap((layer) => layer.keyframes.map(({ time }) => frameAt(times, time)))
    .filter((at) => (at - frame) * direction > 0)
    .toSorted((a, b) => (a - b) * direction);
  return frames[0] ?? null;
}
