import { assert } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import { guarded } from './guarded.ts';

/** Files by slash-separated name in one folder of the origin-private file system. */
export interface BlobStore {
  /** Written aside, then renamed: a reader sees the whole file or none. Replaces a file of the same name. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The same for data that comes piece by piece and is never in memory as a whole. An error of the pieces is passed on. */
  putPieces(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** null if there is no such file. */
  get(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** The file itself, to be read in ranges; null if there is none. It stays readable until it is replaced or removed. */
  file(name: string): Promise<File | null>;
  has(name: string): Promise<boolean>;
  /** Bytes; null if there is no such file. */
  size(name: string): Promise<number | null>;
  /** Names of the files directly in a folder, without the folder; none if it does not exist. */
  list(folder: string): Promise<string[]>;
  /** The same for the folders in it. */
  folders(folder: string): Promise<string[]>;
  /** Removes a file or a folder with all in it; nothing happens if there is none. */
  remove(name: string): Promise<void>;
}

const TEMP_FOLDER = 'temp';
/** A temp file this old belongs to a writer that died: writing one takes milliseconds. */
const TEMP_LIFETIME_MS = 3_600_000;
/** Far more than a busy writer makes a reader need; a bound, so that a broken disk is an error and no loop. */
const READ_ATTEMPTS = 50;

/** Opens a store in `root`, the origin's whole file system by default. Failures: `store/quota`, `store/failed`. */
export async function openBlobStore(root?: FileSystemDirectoryHandle): Promise<BlobStore> {
  return guarded(async () => {
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
    return this.putPieces(name, onePiece(bytes));
  }

  putPieces(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    return guarded(async () => {
      const { folders, leaf } = split(name);
      const tempName = crypto.randomUUID();
      const file = await this.#temp.getFileHandle(tempName, { create: true });
      try {
        await writePieces(file, pieces);
        await moveTo(file, await this.#makeFolder(folders), leaf);
      } catch (error) {
        await this.#temp.removeEntry(tempName).catch(() => undefined);
        throw error;
      }
    });
  }

  get(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return guarded(async () => {
      for (let attempt = 1; ; attempt++) {
        const file = await this.file(name);
        if (file === null) {
          return null;
        }
        try {
          return new Uint8Array(await file.arrayBuffer());
        } catch (error) {
          if (attempt === READ_ATTEMPTS || !isStale(error)) {
            throw error;
          }
        }
      }
    });
  }

  file(name: string): Promise<File | null> {
    return guarded(() =>
      orMissing(null, async () => {
        const { folders, leaf } = split(name);
        const folder = await this.#folder(folders);
        return await (await folder.getFileHandle(leaf)).getFile();
      }),
    );
  }

  has(name: string): Promise<boolean> {
    return guarded(() =>
      orMissing(false, async () => {
        const { folders, leaf } = split(name);
        await (await this.#folder(folders)).getFileHandle(leaf);
        return true;
      }),
    );
  }

  size(name: string): Promise<number | null> {
    return guarded(() =>
      orMissing(null, async () => {
        const { folders, leaf } = split(name);
        const handle = await (await this.#folder(folders)).getFileHandle(leaf);
        return (await handle.getFile()).size;
      }),
    );
  }

  list(folder: string): Promise<string[]> {
    return this.#entries(folder, 'file');
  }

  folders(folder: string): Promise<string[]> {
    return this.#entries(folder, 'directory');
  }

  #entries(folder: string, kind: FileSystemHandleKind): Promise<string[]> {
    return guarded(() =>
      orMissing([], async () => {
        const names: string[] = [];
        const { folders, leaf } = split(folder);
        for await (const [name, handle] of (await this.#folder([...folders, leaf])).entries()) {
          if (handle.kind === kind) {
            names.push(name);
          }
        }
        return names;
      }),
    );
  }

  remove(name: string): Promise<void> {
    return guarded(() =>
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

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function writePieces(
  file: FileSystemFileHandle,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (typeof file.createSyncAccessHandle !== 'function') {
    await writeStream(file, pieces);
    return;
  }
  // Workers only, and several times faster than a stream, which copies the file once more when closed.
  const access = await file.createSyncAccessHandle();
  try {
    let at = 0;
    for await (const piece of pieces) {
      // No count worth telling: on a full disk Chrome gives back an error number as if it were one.
      if (access.write(piece, { at }) !== piece.length) {
        throw new AppError('store/quota');
      }
      at += piece.length;
    }
    access.flush();
  } finally {
    access.close();
  }
}

async function writeStream(
  file: FileSystemFileHandle,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const stream = await file.createWritable();
  try {
    for await (const piece of pieces) {
      await stream.write(piece as Uint8Array<ArrayBuffer>);
    }
    await stream.close();
  } catch (error) {
    // Else the copy that the stream writes to stays on disk. A stream that failed by itself is gone already.
    await stream.abort().catch(() => undefined);
    throw error;
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

/** Whether a file was replaced between opening and reading it: a `File` is a snapshot that its successor makes unreadable. */
function isStale(error: unknown): boolean {
  return (
    error instanceof DOMException &&
    (error.name === 'NotFoundError' || error.name === 'NotReadableError')
  );
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
