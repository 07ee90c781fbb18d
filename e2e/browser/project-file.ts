import { AppError } from '../../src/base/error.ts';
import { ProjectsClient } from '../../src/app/projects-client.ts';
import type { PackedContents } from '../../src/protocol/project-file.ts';
import { openBlobStore } from '../../src/store/blob-store.ts';

/** Project files through the store worker and the browser's own disk. */
const client = new ProjectsClient(() => undefined);
const RECIPE = 'a1'.repeat(32);
const BASE = 'b2'.repeat(32);
const CLIP = 'c3'.repeat(32);
const TEXT = '{"any":"text"}';
const FRAMES = 40;
const PICTURE_BYTES = 20_000;

const never = new AbortController().signal;

const contents: PackedContents = {
  pictures: [RECIPE, BASE],
  clips: [{ name: CLIP, file: null }],
};

function bytesOf(seed: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 17 + seed * 101) % 256);
}

async function fill(): Promise<void> {
  const blobs = await openBlobStore();
  for (let frame = 0; frame < FRAMES; frame++) {
    await blobs.put(`pictures/${RECIPE}/${frame}.picture`, bytesOf(frame, PICTURE_BYTES));
    await blobs.put(`pictures/${BASE}/${frame}.picture`, bytesOf(frame + 1, PICTURE_BYTES));
  }
  await blobs.put(`clips/${CLIP}`, bytesOf(7, 3_000_000));
}

async function clear(): Promise<void> {
  const blobs = await openBlobStore();
  await blobs.remove('pictures');
  await blobs.remove('clips');
  await blobs.remove('projects');
}

async function targetFile(): Promise<FileSystemFileHandle> {
  const root = await navigator.storage.getDirectory();
  return await root.getFileHandle('packed.deltacut', { create: true });
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

async function importFile(file: File, signal = never, onProgress = () => undefined) {
  const text = await client.peek(file);
  const request = { jobId: crypto.randomUUID(), file, id: 'imported', text };
  return await client.unpack(request, onProgress, signal);
}

/** Writes a file, forgets everything, reads it back, and says what is there then. */
export async function roundTrip(): Promise<unknown> {
  await clear();
  await fill();
  const target = await targetFile();
  const sizes = await client.measurePacked(contents);
  const heard: number[] = [];
  await client.pack(
    { jobId: 'pack', text: TEXT, contents, target },
    ({ done, total }) => heard.push(done / total),
    never,
  );
  const file = await target.getFile();
  await clear();
  const summary = await importFile(file);
  const blobs = await openBlobStore();
  const clip = await blobs.get(`clips/${CLIP}`);
  const picture = await blobs.get(`pictures/${BASE}/5.picture`);
  return {
    sizes,
    overhead: file.size - sizes.pictures - sizes.clips < 60_000,
    isRising: heard.every((share, at) => share <= 1 && share >= (heard[at - 1] ?? 0)),
    summary,
    text: (await client.list()).map(({ id, text }) => ({ id, text })),
    frames: (await client.frames(RECIPE, BASE)).length,
    isSame:
      clip?.length === 3_000_000 &&
      clip.every((byte, at) => byte === (at * 17 + 707) % 256) &&
      picture?.every((byte, at) => byte === (at * 17 + 606) % 256) === true,
  };
}

/** The same file with a byte changed far inside, cut short, and given up half way: what is left each time. */
export async function refused(): Promise<unknown> {
  const file = await (await targetFile()).getFile();
  const bytes = new Uint8Array(await file.arrayBuffer());
  bytes[bytes.length - 400_000] = (bytes[bytes.length - 400_000] ?? 0) ^ 1;
  const cases: [string, File][] = [
    ['flipped', new File([bytes], 'a.deltacut')],
    ['cut', new File([file.slice(0, file.size / 2)], 'b.deltacut')],
    ['foreign', new File(['just some text'], 'c.deltacut')],
  ];
  const outcomes: Record<string, unknown> = {};
  for (const [name, one] of cases) {
    await clear();
    outcomes[name] = [await codeOf(importFile(one)), await client.usage()];
  }
  await clear();
  const abort = new AbortController();
  const stop = () => {
    abort.abort();
    return undefined;
  };
  outcomes['cancelled'] = [
    await codeOf(importFile(file, abort.signal, stop)),
    await client.usage(),
  ];
  return outcomes;
}
