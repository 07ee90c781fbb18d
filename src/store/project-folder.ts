import { AppError } from '../base/error.ts';
import type { BlobStore } from './blob-store.ts';
import { toStoreError } from './guarded.ts';
import { encodeRecord, isNewer, readJournal, type JournalRecord } from './journal.ts';

const FOLDER = 'projects';
const SNAPSHOT = 'snapshot';
const JOURNAL = 'journal';
/** A journal longer than this is folded into a snapshot: reading stays fast and the file small. */
const LONGEST_JOURNAL_BYTES = 4 * 2 ** 20;

export type FolderReading = {
  readonly newest: JournalRecord | null;
  /** The file that it stands in. */
  readonly newestName: string | null;
  readonly damaged: readonly string[];
  readonly bytes: number;
  readonly changedAt: number;
  readonly names: readonly string[];
};

/** The newest whole state in all files of a project. A damaged file is named and never keeps the others from being read. */
export async function readProjectFolder(
  root: FileSystemDirectoryHandle,
  id: string,
): Promise<FolderReading> {
  let newest: JournalRecord | null = null;
  let newestName: string | null = null;
  let bytes = 0;
  let changedAt = 0;
  const damaged: string[] = [];
  const names: string[] = [];
  const folder = await projectFolder(root, id, { create: false });
  if (folder !== null) {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind !== 'file') {
        continue;
      }
      names.push(name);
      try {
        const file = await (handle as FileSystemFileHandle).getFile();
        const reading = readJournal(new Uint8Array(await file.arrayBuffer()));
        bytes += file.size;
        changedAt = Math.max(changedAt, file.lastModified);
        if (reading.damagedBytes > 0) {
          damaged.push(name);
        }
        if (reading.newest !== null && (newest === null || isNewer(reading.newest, newest))) {
          newest = reading.newest;
          newestName = name;
        }
      } catch {
        damaged.push(name);
      }
    }
  }
  return { newest, newestName, damaged, bytes, changedAt, names };
}

export async function listProjectIds(root: FileSystemDirectoryHandle): Promise<string[]> {
  const ids: string[] = [];
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === 'directory') {
      ids.push(name);
    }
  }
  return ids;
}

/** `FileSystemSyncAccessHandle` as far as a journal needs it. */
export type JournalFile = Pick<
  FileSystemSyncAccessHandle,
  'write' | 'flush' | 'close' | 'truncate' | 'getSize'
>;

/**
 * The one writer of a project. Each has a journal file of its own, so that one that hangs and comes back can neither
 * hold up its successor nor mix records with it; files of earlier writers go once their state is in a snapshot.
 */
export class ProjectWriter {
  readonly #blobs: BlobStore;
  readonly #id: string;
  readonly #epoch: number;
  readonly #journal: JournalFile;
  #sequence = 0;
  /** Which of the two snapshot files is written next: never the one with the newest state. */
  #slot: 0 | 1;

  private constructor(
    blobs: BlobStore,
    id: string,
    { newest, newestName }: FolderReading,
    journal: JournalFile,
  ) {
    this.#blobs = blobs;
    this.#id = id;
    this.#epoch = (newest?.epoch ?? 0) + 1;
    this.#slot = newestName === `${SNAPSHOT}-0` ? 1 : 0;
    this.#journal = journal;
  }

  /** Call it with the project's lock held, with what was read under it. */
  static async open(
    root: FileSystemDirectoryHandle,
    blobs: BlobStore,
    id: string,
    reading: FolderReading,
  ): Promise<ProjectWriter> {
    const folder = await projectFolder(root, id, { create: true });
    const epoch = (reading.newest?.epoch ?? 0) + 1;
    const name = `${JOURNAL}-${epoch}-${crypto.randomUUID().slice(0, 8)}`;
    const file = await folder.getFileHandle(name, { create: true });
    const writer = new ProjectWriter(blobs, id, reading, await file.createSyncAccessHandle());
    try {
      await writer.#takeOver(folder, reading);
    } catch (error) {
      writer.close();
      throw error;
    }
    return writer;
  }

  /** Makes the state of earlier writers this one's, then removes what is no longer needed. Damaged files stay. */
  async #takeOver(folder: FileSystemDirectoryHandle, reading: FolderReading): Promise<void> {
    if (reading.newest !== null) {
      await this.#snapshot(reading.newest.text);
    }
    for (const name of reading.names) {
      if (name.startsWith(JOURNAL) && !reading.damaged.includes(name)) {
        // A writer that hangs may hold its file still: the next opening removes it.
        await folder.removeEntry(name).catch(() => undefined);
      }
    }
  }

  /** On disk when it resolves. On failure (`store/quota`, `store/failed`) the journal is as it was before. */
  async append(text: string): Promise<void> {
    const record = encodeRecord({ epoch: this.#epoch, sequence: this.#next(), text });
    const before = this.#journal.getSize();
    try {
      if (this.#journal.write(record, { at: before }) !== record.length) {
        throw new AppError('store/quota');
      }
      this.#journal.flush();
    } catch (error) {
      this.#journal.truncate(before);
      throw toStoreError(error);
    }
    if (before + record.length > LONGEST_JOURNAL_BYTES) {
      await this.#fold(text);
    }
  }

  close(): void {
    this.#journal.close();
  }

  /** The state is safe in the journal already, so a fold that fails only leaves the journal long. */
  async #fold(text: string): Promise<void> {
    try {
      await this.#snapshot(text);
      this.#journal.truncate(0);
      this.#journal.flush();
    } catch {
      // Tried again with the next state.
    }
  }

  /** Two snapshots take turns, so that one that is damaged later leaves the one before it. */
  async #snapshot(text: string): Promise<void> {
    const sequence = this.#next();
    const name = `${FOLDER}/${this.#id}/${SNAPSHOT}-${this.#slot}`;
    await this.#blobs.put(name, encodeRecord({ epoch: this.#epoch, sequence, text }));
    this.#slot = this.#slot === 0 ? 1 : 0;
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}

function projectFolder(
  root: FileSystemDirectoryHandle,
  id: string,
  options: { create: true },
): Promise<FileSystemDirectoryHandle>;
function projectFolder(
  root: FileSystemDirectoryHandle,
  id: string,
  options: { create: false },
): Promise<FileSystemDirectoryHandle | null>;
async function projectFolder(
  root: FileSystemDirectoryHandle,
  id: string,
  { create }: { create: boolean },
): Promise<FileSystemDirectoryHandle | null> {
  try {
    const projects = await root.getDirectoryHandle(FOLDER, { create: true });
    return await projects.getDirectoryHandle(id, { create });
  } catch (error) {
    if (!create && error instanceof DOMException && error.name === 'NotFoundError') {
      return null;
    }
    throw toStoreError(error);
  }
}
