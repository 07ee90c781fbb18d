import { toAppError } from '../../src/base/error.ts';
import type { ClipReader } from '../../src/media/clip-reader.ts';
import { createClipWriter } from '../../src/media/clip-writer.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type { ClipInfo, Picture } from '../../src/protocol/media.ts';
import { drawFrame, makeAvi, makeMedia, makeSoundOnly, type Recipe } from './media-fixtures.ts';

/** What a clip shows: mean colours of the four corners (as read) and the grey mark of every frame. */
export type Seen = {
  readonly info: ClipInfo;
  readonly times: number[];
  readonly durations: number[];
  readonly corners: number[][];
  readonly marks: number[];
  readonly soundStart: number | null;
  readonly onsets: number[];
};

export async function see(recipe: Recipe): Promise<Seen> {
  return await seeFile(await makeMedia(recipe));
}

export async function seeAvi(width: number, height: number, frames: number): Promise<Seen> {
  return await seeFile(await makeAvi(width, height, frames));
}

/** Makes a clip, exports it frame by frame and looks at the export. */
export async function seeExport(
  recipe: Recipe,
  container: 'auto' | 'mp4' | 'webm',
): Promise<Seen & { plan: { container: string; videoCodec: string; audioHandling: string } }> {
  const source = await openClip(await makeMedia(recipe));
  const target = await newTarget();
  const writer = await createClipWriter({ source, target: target.handle, container });
  for await (const { picture, time, duration } of source.frames(0, source.times.length)) {
    await writer.add(picture, time, duration);
  }
  const { bytes } = await writer.finish();
  source.dispose();
  const file = await target.handle.getFile();
  if (file.size !== bytes) {
    throw new Error(`the file has ${file.size} bytes, the writer says ${bytes}`);
  }
  const seen = await seeFile(file);
  await target.remove();
  return { ...seen, plan: writer.plan };
}

/** The frame numbers that single requests in this order return, by their marks. */
export async function seekMarks(recipe: Recipe, order: readonly number[]): Promise<number[]> {
  const clip = await openClip(await makeMedia(recipe));
  const marks: number[] = [];
  for (const index of order) {
    marks.push(markIn((await clip.frame(index)).picture));
  }
  clip.dispose();
  return marks;
}

/** Codes of the errors that files end with which can't be opened, by what is wrong with them. */
export async function refusals(recipe: Recipe): Promise<Record<string, string>> {
  const good = await makeMedia(recipe);
  const noise = crypto.getRandomValues(new Uint8Array(4096));
  noise[0] = 7; // Not by chance one of the known signatures.
  const cases: Record<string, File> = {
    empty: new File([], 'empty.mp4'),
    text: new File(['a line of text\n'.repeat(50)], 'text.mp4'),
    tiny: new File([Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)], 'tiny.mp4'),
    noise: new File([noise], 'noise.mp4'),
    picture: await makePng(),
    soundOnly: await makeSoundOnly(),
    header: new File([good.slice(0, 600)], 'header.mp4'),
  };
  const codes: Record<string, string> = {};
  for (const [what, file] of Object.entries(cases)) {
    try {
      (await openClip(file)).dispose();
      codes[what] = 'opened';
    } catch (error) {
      codes[what] = toAppError(error, 'internal/assert').code;
    }
  }
  return codes;
}

/** A clip that lacks its last part: what is there, and what the user is told. */
export async function seeTruncated(recipe: Recipe, share: number): Promise<Seen> {
  const file = await makeMedia(recipe);
  return await seeFile(new File([file.slice(0, Math.round(file.size * share))], file.name));
}

/** Whether a cancelled, an aborted and a failed export leave anything behind, and how the latter two end. */
export async function leftovers(recipe: Recipe): Promise<{ files: string[]; codes: string[] }> {
  const source = await openClip(await makeMedia(recipe));
  const folder = await (
    await navigator.storage.getDirectory()
  ).getDirectoryHandle('leftovers', { create: true });
  const codes: string[] = [];
  const note = (error: unknown) => codes.push(toAppError(error, 'internal/assert').code);
  const first = await source.frame(0);
  const start = async (name: string, signal?: AbortSignal) =>
    await createClipWriter({
      source,
      target: await folder.getFileHandle(name, { create: true }),
      container: 'auto',
      ...(signal === undefined ? {} : { signal }),
    });
  const cancelled = await start('cancelled');
  await cancelled.add(first.picture, 0, first.duration);
  await cancelled.cancel();
  const controller = new AbortController();
  const aborted = await start('aborted', controller.signal);
  controller.abort();
  await aborted.add(first.picture, 0, first.duration).catch(note);
  const failed = await start('failed');
  const wrong: Picture = { width: 8, height: 8, data: new Uint8ClampedArray(256) };
  await failed.add(wrong, 0, first.duration).catch(note);
  source.dispose();
  const files: string[] = [];
  for await (const name of folder.keys()) {
    files.push(name);
  }
  return { files, codes };
}

async function seeFile(file: File): Promise<Seen> {
  const clip = await openClip(file);
  const durations: number[] = [];
  const marks: number[] = [];
  let corners: number[][] = [];
  for await (const frame of clip.frames(0, clip.times.length)) {
    durations.push(frame.duration);
    marks.push(markIn(frame.picture));
    if (frame.index === 0) {
      corners = cornersIn(frame.picture);
    }
  }
  const seen: Seen = {
    info: clip.info,
    times: [...clip.times],
    durations,
    corners,
    marks,
    soundStart: clip.sound?.start ?? null,
    onsets: await findOnsets(clip),
  };
  clip.dispose();
  return seen;
}

function cornersIn({ width, height, data }: Picture): number[][] {
  return [0.15, 0.85].flatMap((y) =>
    [0.15, 0.85].map((x) => {
      const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
      return [...data.subarray(at, at + 3)];
    }),
  );
}

function markIn({ width, height, data }: Picture): number {
  const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4;
  return data[at + 1] ?? 0;
}

/** Seconds from the first shown frame at which the sound gets loud after 0.2 s of quiet. */
export async function findOnsets(clip: ClipReader): Promise<number[]> {
  const onsets: number[] = [];
  let lastLoud = -Infinity;
  if (clip.sound === null || !(await clip.sound.canDecode())) {
    return onsets;
  }
  for await (const sample of clip.sound.samples()) {
    const values = new Float32Array(sample.numberOfFrames);
    sample.copyTo(values, { planeIndex: 0, format: 'f32-planar' });
    for (const [i, value] of values.entries()) {
      if (Math.abs(value) > 0.05) {
        const time = sample.timestamp + i / sample.sampleRate;
        if (time - lastLoud > 0.2) {
          onsets.push(time);
        }
        lastLoud = time;
      }
    }
    sample.close();
  }
  return onsets;
}

async function makePng(): Promise<File> {
  return new File([await drawFrame(8, 8, 0).convertToBlob()], 'picture.mp4');
}

async function newTarget(): Promise<{ handle: FileSystemFileHandle; remove(): Promise<void> }> {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle(`media-${crypto.randomUUID()}`, { create: true });
  return { handle, remove: () => root.removeEntry(handle.name) };
}
