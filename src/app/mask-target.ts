import type { Microseconds } from '../base/units.ts';
import type { Edit, MaskLayer, MaskTrack, Project } from '../project/document.ts';
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

/** The nearest keyframe of any layer before (-1) or after (1) a time. */
export function nextKeyframe(
  mask: MaskTrack,
  time: Microseconds,
  direction: 1 | -1,
): Microseconds | null {
  const times = mask.layers
    .flatMap((layer) => layer.keyframes.map((frame) => frame.time))
    .filter((at) => (at - time) * direction > 0)
    .toSorted((a, b) => (a - b) * direction);
  return times[0] ?? null;
}
