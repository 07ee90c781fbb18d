import { AppError } from '../base/error.ts';
import type { Size } from '../base/units.ts';
import type { ClipReader } from '../media/clip-reader.ts';
import type { WriterSource } from '../media/clip-writer.ts';
import { openClip } from '../media/open-clip.ts';
import { decodableSound, SequenceSound, soundFormat } from '../media/sequence-sound.ts';
import type { Project } from '../project/document.ts';
import { fitPieces } from '../project/piece-commands.ts';
import { numberFrames, type SequenceFrames } from '../project/sequence-frames.ts';
import { layOut, type Piece } from '../project/sequence.ts';
import type { ClipFile } from '../protocol/engine.ts';

/** What an export reads: the open clips, and which of their frames it shows in which order. */
export type Cut = {
  readonly clips: ReadonlyMap<string, ClipReader>;
  readonly frames: SequenceFrames;
  /** Of the exported picture: that of the project's first clip that is seen. */
  readonly size: Size;
  readonly source: WriterSource;
  /** Sentences for the user: what is not as it was in the clips. */
  readonly notices: readonly string[];
};

/** Opens the clips that pieces show; the caller disposes each of `clips`. Throws `media/…`. */
export async function openCut(
  project: Project,
  sources: readonly ClipFile[],
  signal: AbortSignal,
): Promise<Cut> {
  const clips = new Map<string, ClipReader>();
  try {
    for (const id of shownClips(project)) {
      const file = sources.find(({ clipId }) => clipId === id)?.file;
      if (file === undefined) {
        const name = project.clips.find((clip) => clip.id === id)?.name ?? id;
        throw new AppError('media/missing-clip', `It needs “${name}”.`);
      }
      clips.set(id, await openClip(file, { signal }));
    }
    return await planCut(project, clips);
  } catch (error) {
    closeCut({ clips });
    throw error;
  }
}

export function closeCut({ clips }: Pick<Cut, 'clips'>): void {
  for (const clip of clips.values()) {
    clip.dispose();
  }
}

/** Ids of the clips that are seen, in the document's order: the first one decides the size. */
function shownClips(project: Project): string[] {
  const used = new Set(project.pieces.map(({ clipId }) => clipId));
  return project.clips.map(({ id }) => id).filter((id) => used.has(id));
}

async function planCut(project: Project, clips: ReadonlyMap<string, ClipReader>): Promise<Cut> {
  let fitted = project;
  for (const [clipId, { times, info }] of clips) {
    fitted = fitPieces(fitted, { clipId, times, duration: info.duration });
  }
  const [first] = clips.values();
  const frames = numberFrames(layOut(fitted.pieces), (clipId) => clips.get(clipId)?.times);
  if (first === undefined || frames.count === 0) {
    throw new AppError('edit/empty-span', 'The cut shows no frame, so there is nothing to export.');
  }
  const { width, height } = first.info;
  const common = { clips, frames, size: { width, height } };
  if (isWholeClip(fitted.pieces, first)) {
    // Nothing is cut: the sound's packets can be copied as they are.
    return { ...common, source: first, notices: [] };
  }
  const { duration } = frames.sequence;
  const info = { width, height, frameRate: (frames.count * 1e6) / duration };
  const cutSound = await soundOf(fitted.pieces, clips);
  return {
    ...common,
    source: { info, sound: cutSound.sound },
    notices: [...shapeNotices(clips, common.size), ...cutSound.notices],
  };
}

function isWholeClip(pieces: readonly Piece[], { info }: ClipReader): boolean {
  const [piece, ...others] = pieces;
  return others.length === 0 && piece?.from === 0 && piece.to === info.duration;
}

async function soundOf(
  pieces: readonly Piece[],
  clips: ReadonlyMap<string, ClipReader>,
): Promise<{ sound: SequenceSound | null; notices: string[] }> {
  const notices: string[] = [];
  const sounds = new Map<string, ClipReader['sound']>();
  for (const [id, clip] of clips) {
    const sound = await decodableSound(clip.sound);
    sounds.set(id, sound);
    if (sound === null && clip.sound !== null) {
      notices.push(
        `The ${clip.sound.name} sound of “${clip.info.name}” can’t be read: it is silent.`,
      );
    }
  }
  const parts = pieces.map(({ clipId, from, to }) => {
    return { sound: sounds.get(clipId) ?? null, from, to };
  });
  const format = soundFormat(parts);
  return { sound: format === null ? null : new SequenceSound(parts, format), notices };
}

function shapeNotices(clips: ReadonlyMap<string, ClipReader>, size: Size): string[] {
  return [...clips.values()]
    .filter(({ info }) => info.width * size.height !== info.height * size.width)
    .map(
      ({ info }) => `“${info.name}” has another shape: it is shown whole, with black beside it.`,
    );
}
