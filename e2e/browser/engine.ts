import { InferenceSession } from 'onnxruntime-web/wasm';
import { isCancelled, toAppError } from '../../src/base/error.ts';
import { sha256 } from '../../src/base/hash.ts';
import { createHttpSource } from '../../src/engine/package-source.ts';
import { Engine } from '../../src/engine/service.ts';
import type { Edit, EditSettings, MaskTrack, Project } from '../../src/project/document.ts';
import { CLIP_END } from '../../src/project/sequence.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type {
  EditSummary,
  ExportSummary,
  JobEvent,
  RuntimeChoice,
} from '../../src/protocol/engine.ts';
import type { Picture } from '../../src/protocol/media.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { harnessFile } from './files.ts';
import { makeClip } from './make-clip.ts';

export type EditOptions = {
  /** Keep what earlier runs stored; else it is removed first. */
  readonly resumes?: boolean;
  readonly runtime?: RuntimeChoice;
  readonly settings?: Partial<EditSettings>;
  readonly prompt?: string;
  /** Length of the generated clip. */
  readonly frames?: number;
  /** Where another scene begins in it. */
  readonly cutAt?: number;
  /** A file that the test provided, in place of the generated clip. */
  readonly sample?: string;
  readonly to?: number;
  readonly mask?: MaskTrack;
  readonly bankBudget?: number;
  readonly batchesPerChunk?: number;
  readonly batchSize?: number;
  readonly onlyFrame?: number;
  /** Take the GPU away once, while the model is being loaded. */
  readonly losesDevice?: boolean;
  /** Let one run of a graph fail, after the model was loaded. */
  readonly failsRun?: boolean;
  /** Cancel once this many frames are finished. */
  readonly cancelAt?: number;
};

export type EditOutcome = {
  readonly summary: EditSummary | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly wasCancelled: boolean;
  /** SHA-256 of each stored edited picture, by frame. */
  readonly edited: Readonly<Record<number, string>>;
  readonly base: Readonly<Record<number, string>>;
  readonly size: readonly [number, number];
  readonly stages: readonly string[];
  /** What the last progress of rendering said; null where there was none. */
  readonly rendered: { readonly done: number; readonly total: number } | null;
  readonly notices: readonly string[];
  readonly finished: readonly number[];
};

const FRAME_RATE = 10;
const EDIT: Edit = {
  id: 'edit',
  clipId: 'clip',
  enabled: true,
  span: { from: 0, to: 3_600_000_000 },
  prompt: 'make it night',
  promptKind: 'delta',
  negative: '',
  settings: {
    model: 'starter',
    seed: 7,
    steps: 2,
    strength: 1,
    size: 64,
    anchors: 3,
    mode: 'swap',
  },
  amount: [{ time: 0, value: 1 }],
  mask: null,
};

/** GPU devices handed out in this page, newest last. */
const devices: GPUDevice[] = [];
const requestDevice = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await requestDevice.call(this, descriptor);
  devices.push(device);
  return device;
};

/** Stands for what the world does to a run: memory that is not there, an operator that gives up. */
function failNextRun(): void {
  const { prototype } = InferenceSession as unknown as { prototype: { run: unknown } };
  const { run } = prototype;
  prototype.run = async () => {
    prototype.run = run;
    await Promise.reject(new Error('this run fails'));
  };
}

const clips = new Map<string, Promise<File>>();
const engines = new Map<string, Engine>();

function clipOf(frames: number, sample?: string, cutAt?: number): Promise<File> {
  if (sample !== undefined) {
    return Promise.resolve(harnessFile(sample));
  }
  const key = `${frames} ${cutAt ?? ''}`;
  const known = clips.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = makeClip({
    width: 192,
    height: 128,
    frames,
    frameRate: FRAME_RATE,
    ...(cutAt === undefined ? {} : { cutAt }),
  });
  clips.set(key, made);
  return made;
}

export function projectOf(options: EditOptions): Project {
  const { settings, prompt = EDIT.prompt, to, mask = null } = options;
  const edit: Edit = {
    ...EDIT,
    prompt,
    mask,
    span: { from: 0, to: to ?? EDIT.span.to },
    settings: { ...EDIT.settings, ...settings },
  };
  const clip = { id: 'clip', name: 'scene.mp4', bytes: 0, fingerprint: '' };
  const pieces = [{ id: 'clip', clipId: 'clip', from: 0, to: CLIP_END }];
  return { version: 2, id: 'project', name: 'test', clips: [clip], pieces, edits: [edit] };
}

async function folderOf(options: EditOptions): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return await root.getDirectoryHandle(`engine-${options.runtime ?? 'cpu'}`, { create: true });
}

/** Engines stay: loading a model takes longer than these edits. */
async function engineOf(options: EditOptions): Promise<Engine> {
  const { bankBudget, batchesPerChunk, batchSize, runtime = 'cpu' } = options;
  const key = JSON.stringify([bankBudget, batchesPerChunk, batchSize, runtime]);
  const known = engines.get(key);
  if (known !== undefined) {
    return known;
  }
  const engine = new Engine({
    findSource: (id) => createHttpSource(id, new URL('/', location.origin)),
    folder: await folderOf(options),
    ...(bankBudget === undefined ? {} : { bankBudget }),
    ...(batchesPerChunk === undefined ? {} : { batchesPerChunk }),
    ...(batchSize === undefined ? {} : { batchSize }),
  });
  engines.set(key, engine);
  await engine.start({ choice: runtime, bankBytes: null });
  return engine;
}

async function forgetPictures(options: EditOptions): Promise<void> {
  const folder = await folderOf(options);
  for await (const name of folder.keys()) {
    if (name === 'pictures') {
      await folder.removeEntry(name, { recursive: true });
    }
  }
}

/** Runs one edit of a small generated clip on the real engine and says what it left behind. */
export async function runEdit(options: EditOptions): Promise<EditOutcome> {
  if (options.resumes !== true) {
    await forgetPictures(options);
  }
  const engine = await engineOf(options);
  const project = projectOf(options);
  const events: JobEvent[] = [];
  const finished = new Set<number>();
  let losesDevice = options.losesDevice === true;
  let failsRun = options.failsRun === true;
  const onEvent = (event: JobEvent) => {
    events.push(event);
    if (losesDevice && event.kind === 'progress' && event.progress.stage === 'loading-model') {
      losesDevice = false;
      devices.at(-1)?.destroy();
    }
    if (failsRun && event.kind === 'progress' && event.progress.stage === 'preparing') {
      failsRun = false;
      failNextRun();
    }
    if (event.kind === 'frames') {
      event.indices.forEach((frame) => finished.add(frame));
      if (options.cancelAt !== undefined && finished.size >= options.cancelAt) {
        engine.cancel('job');
      }
    }
  };
  let summary: EditSummary | null = null;
  let failure: unknown = null;
  try {
    const source = await clipOf(options.frames ?? 12, options.sample, options.cutAt);
    const { onlyFrame } = options;
    summary = await engine.edit(
      {
        jobId: 'job',
        source,
        project,
        editId: 'edit',
        ...(onlyFrame === undefined ? {} : { onlyFrame }),
      },
      onEvent,
    );
  } catch (error) {
    failure = error;
  }
  const named = events.find((event) => event.kind === 'recipe');
  const edited =
    named === undefined ? new Map<number, Picture>() : await readAll(options, named.recipe);
  const base =
    named === undefined ? new Map<number, Picture>() : await readAll(options, named.base);
  const { width = 0, height = 0 } = edited.values().next().value ?? {};
  const error = failure === null ? null : toAppError(failure, 'internal/assert');
  const rendering = events.findLast(
    (event) => event.kind === 'progress' && event.progress.stage === 'rendering',
  );
  return {
    summary,
    rendered:
      rendering?.kind === 'progress'
        ? { done: rendering.progress.done, total: rendering.progress.total }
        : null,
    error:
      error === null ? null : { code: error.code, detail: `${error.detail} ${error.stack ?? ''}` },
    wasCancelled: isCancelled(failure),
    edited: await hashAll(edited),
    base: await hashAll(base),
    size: [width, height],
    stages: [
      ...new Set(
        events.flatMap((event) => (event.kind === 'progress' ? [event.progress.stage] : [])),
      ),
    ],
    notices: events.flatMap((event) => (event.kind === 'notice' ? [event.text] : [])),
    finished: [...finished].toSorted((a, b) => a - b),
  };
}

/** The largest difference of any byte between the edited pictures of two runs of the same project. */
export async function largestDifference(
  a: EditOptions,
  b: EditOptions,
): Promise<{ frames: number; most: number; notices: readonly string[] }> {
  const pictures: Map<number, Picture>[] = [];
  const notices: string[] = [];
  for (const options of [a, b]) {
    const { summary, ...outcome } = await runEdit(options);
    notices.push(...outcome.notices);
    pictures.push(await readAll(options, summary?.recipe ?? ''));
  }
  let most = 0;
  for (const [frame, picture] of pictures[0] ?? []) {
    const other = pictures[1]?.get(frame);
    picture.data.forEach((value, i) => {
      most = Math.max(most, Math.abs(value - (other?.data[i] ?? 999)));
    });
  }
  return { frames: pictures[1]?.size ?? 0, most, notices };
}

/** Stored edited pictures beside each other and their source under them, as a data URL to look at. */
export async function contactSheet(options: EditOptions): Promise<string> {
  const { summary } = await runEdit(options);
  const rows = [
    await readAll(options, summary?.recipe ?? ''),
    await readAll(options, summary?.base ?? ''),
  ];
  const { width = 1, height = 1 } = rows[0]?.values().next().value ?? {};
  const canvas = new OffscreenCanvas(width * (rows[0]?.size ?? 1), height * 2);
  const context = canvas.getContext('2d');
  rows.forEach((row, y) => {
    [...row]
      .toSorted(([a], [b]) => a - b)
      .forEach(([, picture], x) => {
        context?.putImageData(new ImageData(picture.data, width, height), x * width, y * height);
      });
  });
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

async function readAll(options: EditOptions, name: string): Promise<Map<number, Picture>> {
  const store = await openPictureStore(await folderOf(options));
  const pictures = new Map<number, Picture>();
  for (const frame of await store.frames(name)) {
    const picture = await store.get(name, frame);
    if (picture !== null) {
      pictures.set(frame, picture);
    }
  }
  return pictures;
}

async function hashAll(pictures: ReadonlyMap<number, Picture>): Promise<Record<number, string>> {
  const hashes: Record<number, string> = {};
  for (const [frame, { data }] of pictures) {
    hashes[frame] = await sha256(data);
  }
  return hashes;
}

export type StackOutcome = {
  readonly withoutLower: string;
  readonly alone: string;
  readonly stacked: string;
};

/** Two edits over each other: the upper one before the lower one was run, and after. First frames' hashes. */
export async function runStack(): Promise<StackOutcome> {
  const options: EditOptions = { frames: 2, settings: { steps: 1, anchors: 1 } };
  await forgetPictures(options);
  const engine = await engineOf(options);
  const one = projectOf(options);
  const upper = one.edits.map((edit) => ({ ...edit, id: 'upper', prompt: 'add snow' }));
  const project = { ...one, edits: [...one.edits, ...upper] };
  const source = await clipOf(2);
  const edit = async (of: Project, editId: string) => {
    const { recipe } = await engine.edit({ jobId: 'job', source, project: of, editId }, () => {});
    const picture = (await readAll(options, recipe)).get(0);
    return picture === undefined ? 'missing' : await sha256(picture.data);
  };
  const withoutLower = await edit(project, 'upper').catch(
    (error: unknown) => toAppError(error, 'internal/assert').message,
  );
  await edit(project, 'edit');
  const stacked = await edit(project, 'upper');
  const alone = await edit({ ...one, edits: upper }, 'upper');
  return { withoutLower, alone, stacked };
}

export type ExportOutcome = {
  readonly summary: ExportSummary | null;
  readonly code: string | null;
  readonly bytes: number;
  /** Frames handed out as PNG. */
  readonly frames: readonly { index: number; width: number; height: number }[];
  readonly reopened: {
    readonly frames: number;
    readonly width: number;
    readonly height: number;
  } | null;
};

/** Edits the first half of a clip, exports the whole of it and opens what was written. */
export async function runExport(cancelAt?: number): Promise<ExportOutcome> {
  const options: EditOptions = { frames: 10, to: 500_000, settings: { steps: 1, anchors: 1 } };
  const engine = await engineOf(options);
  const project = projectOf(options);
  const source = await clipOf(10);
  const { recipe, base } = await engine.edit(
    { jobId: 'job', source, project, editId: 'edit' },
    () => {},
  );
  const root = await navigator.storage.getDirectory();
  const target = await root.getFileHandle(`export-${cancelAt ?? 'whole'}.mp4`, { create: true });
  const frames: { index: number; width: number; height: number }[] = [];
  let summary: ExportSummary | null = null;
  let code: string | null = null;
  try {
    summary = await engine.export(
      {
        jobId: 'export',
        sources: [{ clipId: 'clip', file: source }],
        project,
        results: [{ editId: 'edit', recipe, base, anchors: [] }],
        container: 'auto',
        target,
        wantFrames: true,
      },
      () => {},
      async (index, png) => {
        const bitmap = await createImageBitmap(new Blob([png.slice()], { type: 'image/png' }));
        frames.push({ index, width: bitmap.width, height: bitmap.height });
        bitmap.close();
        if (index === cancelAt) {
          engine.cancel('export');
        }
      },
    );
  } catch (error) {
    code = toAppError(error, 'internal/assert').code;
  }
  const bytes = await target.getFile().then(
    (file) => file.size,
    () => 0,
  );
  return { summary, code, bytes, frames, reopened: bytes === 0 ? null : await reopen(target) };
}

async function reopen(target: FileSystemFileHandle): Promise<ExportOutcome['reopened']> {
  const clip = await openClip(await target.getFile());
  const { frameCount, width, height } = clip.info;
  clip.dispose();
  return { frames: frameCount, width, height };
}

/** Two jobs at once: the second, which waits, is cancelled while the first runs. In the order of their ends. */
export async function cancelWaiting(): Promise<string[]> {
  const options: EditOptions = { settings: { steps: 1, anchors: 1 } };
  await forgetPictures(options);
  const engine = await engineOf(options);
  const project = projectOf(options);
  const source = await clipOf(12);
  const ends: string[] = [];
  const run = async (jobId: string, onEvent: (event: JobEvent) => void) => {
    try {
      const { edited } = await engine.edit({ jobId, source, project, editId: 'edit' }, onEvent);
      ends.push(`${jobId}: ${edited} frames`);
    } catch (error) {
      ends.push(`${jobId}: ${toAppError(error, 'internal/assert').code}`);
    }
  };
  const first = run('first', (event) => {
    if (event.kind === 'progress' && event.progress.stage === 'preparing') {
      engine.cancel('second');
    }
  });
  await Promise.all([first, run('second', () => {})]);
  return ends;
}
