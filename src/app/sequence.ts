import type { Project } from '../project/document.ts';
import { numberFrames, type SequenceFrames } from '../project/sequence-frames.ts';
import { layOut, type Piece } from '../project/sequence.ts';
import type { SoundStretch } from '../protocol/sound.ts';
import type { App } from './app.ts';
import type { OpenClip } from './state/session-store.ts';

const EMPTY: readonly Piece[] = [];
const numbered = new WeakMap<
  readonly Piece[],
  { readonly clips: readonly OpenClip[]; readonly frames: SequenceFrames }
>();

/** The sequence with its frames numbered through. The same object while pieces and open clips are the same. */
export function shownSequence(
  project: Pick<Project, 'pieces'> | null,
  clips: readonly OpenClip[],
): SequenceFrames {
  const pieces = project?.pieces ?? EMPTY;
  const known = numbered.get(pieces);
  if (known !== undefined && known.clips === clips) {
    return known.frames;
  }
  const frames = numberFrames(layOut(pieces), (clipId) => findClip(clips, clipId)?.times);
  numbered.set(pieces, { clips, frames });
  return frames;
}

export function sequenceOf(app: Pick<App, 'project' | 'session'>): SequenceFrames {
  return shownSequence(app.project.current, app.session.getState().clips);
}

export function findClip(clips: readonly OpenClip[], clipId: string): OpenClip | undefined {
  return clips.find(({ id }) => id === clipId);
}

/** The clip whose display size the sequence has: the document's first one that is seen. */
export function leadingClip(
  project: Pick<Project, 'pieces' | 'clips'>,
  clips: readonly OpenClip[],
): OpenClip | undefined {
  const used = new Set(project.pieces.map(({ clipId }) => clipId));
  const first = project.clips.find(({ id }) => used.has(id));
  return first === undefined ? undefined : findClip(clips, first.id);
}

/** Clips that are seen and have another shape than the sequence: they are shown whole, with black beside them. */
export function letterboxedClips(
  project: Pick<Project, 'pieces' | 'clips'>,
  clips: readonly OpenClip[],
): readonly OpenClip[] {
  const leading = leadingClip(project, clips)?.info;
  const used = new Set(project.pieces.map(({ clipId }) => clipId));
  return clips.filter(
    ({ id, info }) =>
      leading !== undefined &&
      used.has(id) &&
      info.width * leading.height !== info.height * leading.width,
  );
}

/** What of the sequence is heard, for `Playback`. */
export function soundStretches(
  project: Pick<Project, 'pieces'> | null,
  clips: readonly OpenClip[],
): readonly SoundStretch[] {
  return (project?.pieces ?? EMPTY).map(({ clipId, from, to }) => {
    const clip = findClip(clips, clipId);
    const soundStart = clip?.soundStart ?? null;
    const source =
      clip === undefined || soundStart === null ? null : { file: clip.file, soundStart };
    return { source, from, to };
  });
}
