import { assert } from '../base/assert.ts';
import { AppError, toAppError } from '../base/error.ts';

/** Files by slash-separated name in one folder of the origin-private file system. */
export interface BlobStore {
  /** Written aside, then renamed: a reader sees the whole file or none. Replaces a file of the same name. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** null if there is no such file. */
  get(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  has(name: string): Promise<boolean>;
  /** Names of the files directly in a folder, without the folder; none if it does not exist. */
  list(folder: string): Promise<string[]>;
  /** Removes a file or a folder with all in it; nothing happens if there is none. */
  remove(name: string): Promise<void>;
}

const TEMP_FOLDER = 'temp';
/** A temp file this old belongs to a writer that died: writing one takes milliseconds. */
const TEMP_LIFETIME_MS = 3_600_000;

/** Opens a store in `root`, the origin's whole file system by default. Failures: `store/quota`, `store/failed`. */
export async function openBlobStore(root?: FileSystemDirectoryHandle): Promise<BlobStore> {
  return guard(async () => {
    const folder = root ?? (await navigator.storage.getDirectory());
    const temp = await folder.getDirectoryHandle(TEMP_FOLDER, { create: true });
    await sweepTemp(temp);
    return new OpfsBlobStore(folder, temp);
  });
}

class OpfsBlobStore implements BlobStore {
  readonly #root: FileSystemDirectoryHandle;
  readonly #temp: FileSystemDirectoryHandle;

  constructor(root: FileSystemDirectoryHandle, temp: FileSystemDirectoryHandle) {
    this.#root = root;
    this.#temp = temp;
  }

  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return guard(async () => {
      const { folders, leaf } = split(name);
      const tempName = crypto.randomUUID();
      const file = await this.#temp.getFileHandle(tempName, { create: true });
      try {
        await writeWhole(file, bytes);
        await moveTo(file, await this.#makeFolder(folders), leaf);
      } catch (error) {
        await this.#temp.removeEntry(tempName).catch(() => undefined);
        throw error;
      }
    });
  }

  get(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return guard(() =>
      orMissing(null, async () => {
        const { folders, leaf } = split(name);
        const folder = await this.#folder(folders);
        const file = await (await folder.getFileHandle(leaf)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      }),
    );
  }

  has(name: string): Promise<boolean> {
    return guard(() =>
      orMissing(false, async () => {
        const { folders, leaf } = split(name);
        await (await this.#folder(folders)).getFileHandle(leaf);
        return true;
      }),
    );
  }

  list(folder: string): Promise<string[]> {
    return guard(() =>
      orMissing([], async () => {
        const names: string[] = [];
        const { folders, leaf } = split(folder);
        for await (const [name, handle] of (await this.#folder([...folders, leaf])).entries()) {
          if (handle.kind === 'file') {
            names.push(name);
          }
        }
        return names;
      }),
    );
  }

  remove(name: string): Promise<void> {
    return guard(() =>
      orMissing(undefined, async () => {
        const { folders, leaf } = split(name);
        await (await this.#folder(folders)).removeEntry(leaf, { recursive: true });
      }),
    );
  }

  async #folder(names: readonly string[]): Promise<FileSystemDirectoryHandle> {
    let folder = this.#root;
    for (const name of names) {
      folder = await folder.getDirectoryHandle(name);
    }
    return folder;
  }

  async #makeFolder(names: readonly string[]): Promise<FileSystemDirectoryHandle> {
    let folder = this.#root;
    for (const name of names) {
      folder = await folder.getDirectoryHandle(name, { create: true });
    }
    return folder;
  }
}

function split(name: string): { folders: string[]; leaf: string } {
  const folders = name.split('/');
  const leaf = folders.pop() ?? '';
  assert(leaf !== '' && folders[0] !== TEMP_FOLDER, `'${name}' can't name a stored file`);
  return { folders, leaf };
}

async function writeWhole(
  file: FileSystemFileHandle,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  if (typeof file.createSyncAccessHandle !== 'function') {
    const stream = await file.createWritable();
    await stream.write(bytes);
    await stream.close();
    return;
  }
  // Workers only, and several times faster than a stream, which copies the file once more when closed.
  const access = await file.createSyncAccessHandle();
  try {
    const written = access.write(bytes, { at: 0 });
    if (written !== bytes.length) {
      throw new AppError('store/quota', `Only ${written} of ${bytes.length} bytes were written.`);
    }
    access.flush();
  } finally {
    access.close();
  }
}

/** `move` is in every browser that has OPFS in workers, but in no type library yet. */
type MovableFile = FileSystemFileHandle & {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
};

async function moveTo(
  file: FileSystemFileHandle,
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<void> {
  await (file as MovableFile).move(folder, name);
}

async function sweepTemp(temp: FileSystemDirectoryHandle): Promise<void> {
  const oldest = Date.now() - TEMP_LIFETIME_MS;
  try {
    for await (const [name, handle] of temp.entries()) {
      if (handle.kind === 'file') {
        const file = await (handle as FileSystemFileHandle).getFile();
        if (file.lastModified < oldest) {
          await temp.removeEntry(name);
        }
      }
    }
  } catch {
    // Another worker moved a file away or holds it open: the next opening sweeps again.
  }
}

async function orMissing<T>(missing: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') {
      return missing;
    }
    throw error;
  }
}

async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isFull = error instanceof Error && error.name === 'QuotaExceededError';
    throw toAppError(error, isFull ? 'store/quota' : 'store/failed');
  }
}
