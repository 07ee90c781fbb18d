import { assert } from '../base/assert.ts';
import { AppError } from '../base/error.ts';
import { Sha256Stream } from '../base/sha256-stream.ts';
import type { BlobStore } from './blob-store.ts';

const FOLDER = 'models';
const MANIFEST = 'manifest.json';
const JOURNAL = 'journal.json';
const ID = /^[a-z0-9][a-z0-9._-]*$/;

/** One finished file of a package. */
export type StoredFile = { readonly path: string; readonly bytes: number; readonly sha256: string };

/** A package as it lies in the store; what its manifest means is not this room's business. */
export type StoredPackage = {
  readonly id: string;
  readonly manifest: Uint8Array<ArrayBuffer>;
  /** Of all its files on disk. */
  readonly bytes: number;
};

/** A package that was begun and has no manifest yet: its import was cancelled, failed or is under way. */
export type UnfinishedPackage = {
  readonly id: string;
  /** What it is made from, in words. */
  readonly label: string;
  readonly files: number;
  readonly bytes: number;
};

/** Writes one package; the shape that the compiler asks for. */
export interface PackageWriter {
  /**
   * Starts, or takes up an interrupted one of the same `key`: its finished files, those that are still whole. Another
   * key throws the unfinished work away.
   */
  begin(key: string): Promise<readonly StoredFile[]>;
  /** Writes a file whole (aside, then renamed), hashing on the way. */
  write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /** Writes the manifest, by which the package becomes visible. */
  commit(manifest: Uint8Array): Promise<void>;
}

/**
 * Imported model packages: `models/<id>/`, one folder each. A folder with a manifest is a package; one with a journal
 * is unfinished. Failures: `store/quota`, `store/failed`.
 */
export interface PackageStore {
  packages(): Promise<readonly StoredPackage[]>;
  unfinished(): Promise<readonly UnfinishedPackage[]>;
  has(id: string): Promise<boolean>;
  /** A file of a package, whole; null if it is missing. */
  read(id: string, path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Of a package that does not exist yet. `label` says what an unfinished one is made from. */
  writer(id: string, label: string): PackageWriter;
  /** A package or unfinished work with all its files; nothing happens if there is none. */
  remove(id: string): Promise<void>;
}

export function createPackageStore(blobs: BlobStore): PackageStore {
  const ids = async (hasManifest: boolean): Promise<string[]> => {
    const found: string[] = [];
    for (const id of await blobs.folders(FOLDER)) {
      if (ID.test(id) && (await blobs.has(nameOf(id, MANIFEST))) === hasManifest) {
        found.push(id);
      }
    }
    return found.toSorted();
  };
  return {
    packages: async () => {
      const found: StoredPackage[] = [];
      for (const id of await ids(true)) {
        const manifest = await blobs.get(nameOf(id, MANIFEST));
        if (manifest !== null) {
          found.push({ id, manifest, bytes: await folderBytes(blobs, `${FOLDER}/${id}`) });
        }
      }
      return found;
    },
    unfinished: async () => {
      const found: UnfinishedPackage[] = [];
      for (const id of await ids(false)) {
        const { label, files } = (await readJournal(blobs, id)) ?? { label: id, files: [] };
        const bytes = await folderBytes(blobs, `${FOLDER}/${id}`);
        found.push({ id, label, files: files.length, bytes });
      }
      return found;
    },
    has: async (id) => ID.test(id) && (await blobs.has(nameOf(id, MANIFEST))),
    read: (id, path) => blobs.get(nameOf(id, path)),
    writer: (id, label) => new OpfsPackageWriter(blobs, id, label),
    remove: async (id) => {
      // The manifest goes first: a package that is half removed must not look whole.
      await blobs.remove(nameOf(id, MANIFEST));
      await blobs.remove(`${FOLDER}/${id}`);
    },
  };
}

type Journal = {
  readonly key: string;
  readonly label: string;
  readonly files: readonly StoredFile[];
};

class OpfsPackageWriter implements PackageWriter {
  readonly #blobs: BlobStore;
  readonly #id: string;
  #journal: Journal;

  constructor(blobs: BlobStore, id: string, label: string) {
    assert(ID.test(id), `'${id}' can't name a package`);
    this.#blobs = blobs;
    this.#id = id;
    this.#journal = { key: '', label, files: [] };
  }

  async begin(key: string): Promise<readonly StoredFile[]> {
    assert(!(await this.#blobs.has(nameOf(this.#id, MANIFEST))), `package ${this.#id} exists`);
    const known = await readJournal(this.#blobs, this.#id);
    let files: readonly StoredFile[] = [];
    if (known?.key === key) {
      files = await this.#wholeFiles(known.files);
    } else {
      await this.#blobs.remove(`${FOLDER}/${this.#id}`);
    }
    this.#journal = { ...this.#journal, key, files };
    await this.#writeJournal();
    return files;
  }

  async write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const hash = new Sha256Stream();
    let bytes = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces) {
        hash.update(piece);
        bytes += piece.byteLength;
        yield piece;
      }
    };
    await this.#blobs.putPieces(nameOf(this.#id, path), counted());
    const file = { path, bytes, sha256: hash.digest() };
    this.#journal = { ...this.#journal, files: [...this.#journal.files, file] };
    await this.#writeJournal();
    return file;
  }

  async commit(manifest: Uint8Array): Promise<void> {
    await this.#blobs.put(nameOf(this.#id, MANIFEST), new Uint8Array(manifest));
    await this.#blobs.remove(nameOf(this.#id, JOURNAL));
  }

  async #writeJournal(): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(this.#journal));
    await this.#blobs.put(nameOf(this.#id, JOURNAL), text);
  }

  /** The browser may have cleared files away; the ones that are left have the length they had. */
  async #wholeFiles(files: readonly StoredFile[]): Promise<readonly StoredFile[]> {
    const whole: StoredFile[] = [];
    for (const file of files) {
      if ((await this.#blobs.size(nameOf(this.#id, file.path))) === file.bytes) {
        whole.push(file);
      }
    }
    return whole;
  }
}

function nameOf(id: string, path: string): string {
  if (!ID.test(id) || path.split('/').some((part) => part === '' || part === '..')) {
    throw new AppError('store/failed', `“${id}/${path}” can’t name a file of a package.`);
  }
  return `${FOLDER}/${id}/${path}`;
}

async function folderBytes(blobs: BlobStore, folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await blobs.list(folder)) {
    bytes += (await blobs.size(`${folder}/${name}`)) ?? 0;
  }
  for (const name of await blobs.folders(folder)) {
    bytes += await folderBytes(blobs, `${folder}/${name}`);
  }
  return bytes;
}

/** null where there is none, or none that can be read: the work is then begun anew. */
async function readJournal(blobs: BlobStore, id: string): Promise<Journal | null> {
  const bytes = await blobs.get(nameOf(id, JOURNAL));
  if (bytes === null) {
    return null;
  }
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJournal(json) ? json : null;
  } catch {
    return null;
  }
}

function isJournal(json: unknown): json is Journal {
  const { key, label, files } = (json ?? {}) as Partial<Journal>;
  return (
    typeof key === 'string' &&
    typeof label === 'string' &&
    Array.isArray(files) &&
    files.every(isStoredFile)
  );
}

function isStoredFile(json: unknown): json is StoredFile {
  const { path, bytes, sha256 } = (json ?? {}) as Partial<StoredFile>;
  return typeof path === 'string' && typeof bytes === 'number' && typeof sha256 === 'string';
}
