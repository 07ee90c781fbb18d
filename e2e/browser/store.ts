import { AppError } from '../../src/base/error.ts';
import { openBlobStore } from '../../src/store/blob-store.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import type { Picture } from '../../src/protocol/media.ts';
import type { WriteOrder } from './store-writer.worker.ts';

/** A fresh folder of the origin-private file system; the page's profile is thrown away with it. */
async function freshFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return await root.getDirectoryHandle(`test-${crypto.randomUUID()}`, { create: true });
}

export function testPicture(width: number, height: number, seed: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < data.length; at += 4) {
    const pixel = at / 4;
    data.set([pixel * 7 + seed, pixel * pixel, seed * 40 + (pixel % width), 255], at);
  }
  return { width, height, data: data.map((value, at) => (at % 4 === 3 ? 255 : value & 0xff)) };
}

function isSame(a: Picture | null, b: Picture): boolean {
  return (
    a !== null &&
    a.width === b.width &&
    a.height === b.height &&
    a.data.every((value, at) => value === b.data[at])
  );
}

export async function keepsPictures(): Promise<unknown> {
  const store = await openPictureStore(await freshFolder());
  const picture = testPicture(33, 17, 1);
  const other = testPicture(20, 30, 2);
  const before = { picture: await store.get('r', 5), frames: [...(await store.frames('r'))] };
  await store.put('r', 5, picture);
  await store.put('r', 12, picture);
  await store.put('r', 12, other);
  await store.put('q', 1, other);
  const frames = [...(await store.frames('r'))].toSorted((a, b) => a - b);
  const same = [
    isSame(await store.get('r', 5), picture),
    isSame(await store.get('r', 12), other),
    await store.has('r', 5),
    await store.has('r', 6),
  ];
  await store.remove('r');
  const after = [await store.has('r', 5), await store.has('q', 1)];
  return { before, frames, same, after };
}

/** Damages stored files one way each; what is read then, and what was reported. */
export async function survivesDamage(): Promise<unknown> {
  const folder = await freshFolder();
  const blobs = await openBlobStore(folder);
  const reports: string[] = [];
  const store = await openPictureStore(folder, {
    onDamaged: (error) => reports.push(error.code),
  });
  const damages: ((bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>)[] = [
    () => new Uint8Array(0),
    (bytes) => bytes.slice(0, bytes.length - 9),
    (bytes) => bytes.map((value, at) => (at === 40 ? value ^ 1 : value)),
    (bytes) => bytes.map((value, at) => (at === 9 ? 255 : value)),
  ];
  const results: unknown[] = [];
  for (const [frame, damage] of damages.entries()) {
    await store.put('r', frame, testPicture(16, 16, frame));
    const name = `pictures/r/${frame}.picture`;
    const bytes = (await blobs.get(name)) ?? new Uint8Array(0);
    await blobs.put(name, damage(bytes));
    results.push([await store.get('r', frame), await store.has('r', frame)]);
  }
  return { results, reports };
}

/** One worker writes `count` pictures, `rounds` times over, while this page reads: every picture seen must be whole. */
export async function readsWhileWritten(count: number, rounds: number): Promise<unknown> {
  const name = `test-${crypto.randomUUID()}`;
  const root = await navigator.storage.getDirectory();
  const store = await openPictureStore(await root.getDirectoryHandle(name, { create: true }), {
    onDamaged: () => torn++,
  });
  let torn = 0;
  let wrong = 0;
  let seen = 0;
  const worker = new Worker(new URL('./store-writer.worker.ts', import.meta.url), {
    type: 'module',
  });
  const done = new Promise<string>((resolve, reject) => {
    worker.addEventListener('message', (event: MessageEvent<string>) => resolve(event.data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
  });
  let finished = '';
  void done.then((text) => (finished = text));
  worker.postMessage({ name, count, rounds } satisfies WriteOrder);
  while (finished === '') {
    for (const frame of await store.frames('r')) {
      const picture = await store.get('r', frame);
      seen++;
      wrong += isSame(picture, testPicture(64, 48, frame)) ? 0 : 1;
    }
  }
  await done;
  worker.terminate();
  return { finished, torn, wrong, seenSome: seen > 0, frames: (await store.frames('r')).size };
}

/** A store whose disk is full: what a write says, and what it leaves behind. */
export async function meetsFullDisk(): Promise<unknown> {
  const folder = await freshFolder();
  const store = await openPictureStore(folder);
  await store.put('r', 1, testPicture(8, 8, 1));
  const original = FileSystemFileHandle.prototype.createWritable;
  FileSystemFileHandle.prototype.createWritable = () =>
    Promise.reject(new DOMException('no space', 'QuotaExceededError'));
  const code = await store.put('r', 2, testPicture(8, 8, 2)).then(
    () => 'written',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
  FileSystemFileHandle.prototype.createWritable = original;
  const temp = await folder.getDirectoryHandle('temp');
  const left: string[] = [];
  for await (const name of temp.keys()) {
    left.push(name);
  }
  return { code, left, frames: [...(await store.frames('r'))] };
}
