import { runExportJob } from '../../src/engine/export-job.ts';
import type { ClipReader } from '../../src/media/clip-reader.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type { Project } from '../../src/project/document.ts';
import type { Piece } from '../../src/project/sequence.ts';
import type { ClipFile, ExportSummary } from '../../src/protocol/engine.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { harnessFile } from './files.ts';
import { findOnsets } from './media-cases.ts';
import { makeMedia, type Recipe } from './media-fixtures.ts';

/** Two clips whose frames carry numbers and whose sound beeps: another size, rate, codec, container and rotation each. */
const RECIPES: Record<'a' | 'b', Recipe> = {
  a: {
    width: 160,
    height: 96,
    times: Array.from({ length: 24 }, (_, index) => index / 12),
    lastDuration: 1 / 12,
    codec: 'avc',
    container: 'mp4',
    sound: { seconds: 2, beeps: [0.5, 1.5] },
  },
  b: {
    width: 128,
    height: 72,
    times: Array.from({ length: 20 }, (_, index) => index / 10),
    lastDuration: 1 / 10,
    codec: 'vp8',
    container: 'webm',
    sound: { seconds: 2, beeps: [1] },
  },
};

export type CutClip = keyof typeof RECIPES;

export type SeenCut = {
  readonly size: readonly [number, number];
  /** Milliseconds, as containers round them differently. */
  readonly times: readonly number[];
  /** The mark that each frame carries: its number within its clip, modulo 12. */
  readonly marks: readonly number[];
  /** Level of red near the top: black where the picture has another shape, red where it fills the frame. */
  readonly edges: readonly number[];
  readonly onsets: readonly number[];
  readonly duration: number;
};

/** The clip as bytes, for a page that is dropped on. */
export async function clipBytes(name: CutClip): Promise<string> {
  const bytes = new Uint8Array(await (await makeMedia(RECIPES[name])).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Exports pieces of the clips and looks at what came out. */
export async function exportCut(
  pieces: readonly Piece[],
  clips: readonly CutClip[] = ['a', 'b'],
): Promise<{ summary: ExportSummary; seen: SeenCut }> {
  const sources: ClipFile[] = [];
  for (const clipId of clips) {
    sources.push({ clipId, file: await makeMedia(RECIPES[clipId]) });
  }
  const project: Project = {
    version: 2,
    id: 'p',
    name: 'Cut',
    clips: clips.map((id) => ({ id, name: `${id}.mp4`, bytes: 0, fingerprint: '' })),
    pieces,
    edits: [],
  };
  const root = await navigator.storage.getDirectory();
  const target = await root.getFileHandle('cut.mp4', { create: true });
  const request = {
    jobId: 'export',
    sources,
    project,
    results: [],
    container: 'mp4' as const,
    target,
    wantFrames: false,
  };
  const signal = new AbortController().signal;
  const summary = await runExportJob(request, await openPictureStore(), () => {}, signal);
  return { summary, seen: await look(await target.getFile()) };
}

/** A file that the page exported, put into the harness. */
export async function seeFile(name: string): Promise<SeenCut> {
  return await look(harnessFile(name));
}

async function look(file: File): Promise<SeenCut> {
  const clip: ClipReader = await openClip(file);
  try {
    const { width, height, duration } = clip.info;
    const times: number[] = [];
    const marks: number[] = [];
    const edges: number[] = [];
    for await (const { time, picture } of clip.frames(0, clip.info.frameCount)) {
      times.push(Math.round(time / 1000));
      const middle =
        picture.data[(Math.floor(height / 2) * width + Math.floor(width / 2)) * 4] ?? 0;
      marks.push(Math.round((middle - 20) / 18));
      edges.push(picture.data[(width + Math.floor(width / 4)) * 4] ?? 0);
    }
    const onsets = await findOnsets(clip);
    return { size: [width, height], times, marks, edges, onsets, duration };
  } finally {
    clip.dispose();
  }
}
