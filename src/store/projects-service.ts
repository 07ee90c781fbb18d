import { AppError } from '../base/error.ts';
import { memoise, TaskQueue } from '../base/task-queue.ts';
import type {
  PackedContents,
  PackedSizes,
  PackRequest,
  TransferProgress,
  UnpackRequest,
  UnpackSummary,
} from '../protocol/project-file.ts';
import type {
  NeededSize,
  Needs,
  OpenedProject,
  OpenOptions,
  ProjectEvent,
  ProjectsService,
  StorageUse,
  StoredProject,
} from '../protocol/projects.ts';
import { openBlobStore, type BlobStore } from './blob-store.ts';
import { guarded } from './guarded.ts';
import { createPictureStore, finishedFrames, type PictureStore } from './picture-store.ts';
import {
  listProjectIds,
  readProjectFolder,
  ProjectWriter,
  type FolderReading,
} from './project-folder.ts';
import { measurePacked, pack, peek, Transfers, unpack } from './project-file/transfers.ts';
import { openProjectIds, ProjectLock } from './project-lock.ts';
import { ProjectSizes } from './project-sizes.ts';
import { measureStorage } from './storage-use.ts';

/** A copy of a longer clip takes too much of the disk for what it saves: choosing the file again. */
const LARGEST_KEPT_CLIP_BYTES = 2 * 2 ** 30;
/** A copy takes at most this part of what the browser still allows. */
const KEPT_CLIP_SHARE = 0.5;

/** Everything of projects in the browser's storage. Needs a worker: journals are written by synchronous handles. */
export function createProjectsService(): ProjectsService {
  return new Projects();
}

type Disk = {
  readonly root: FileSystemDirectoryHandle;
  readonly blobs: BlobStore;
  readonly pictures: PictureStore;
};

async function openDisk(): Promise<Disk> {
  const root = await guarded(() => navigator.storage.getDirectory());
  const blobs = await openBlobStore(root);
  return { root, blobs, pictures: createPictureStore(blobs) };
}

type Open = { readonly id: string; readonly lock: ProjectLock; readonly writer: ProjectWriter };

class Projects implements ProjectsService {
  /** Opened at the first call, and tried again after a failure: a disk that was full may have room. */
  readonly #disk = memoise(openDisk);
  #onEvent: (event: ProjectEvent) => void = () => {};
  #open: Open | null = null;
  readonly #transfers = new Transfers();
  readonly #sizes = new ProjectSizes();
  readonly #queue = new TaskQueue();

  listen(onEvent: (event: ProjectEvent) => void): void {
    this.#onEvent = onEvent;
  }

  list(): Promise<StoredProject[]> {
    return guarded(async () => {
      const { root } = await this.#disk();
      const [ids, open] = await Promise.all([listProjectIds(root), openProjectIds()]);
      return await Promise.all(
        ids.map(async (id) => {
          const reading = await this.#read(id);
          const { bytes, changedAt } = reading;
          return { id, ...stateOf(reading), bytes, changedAt, isOpen: open.has(id) };
        }),
      );
    });
  }

  open(id: string, { takeOver }: OpenOptions): Promise<OpenedProject> {
    return this.#queued(async () => {
      this.#letGo();
      const lock = await this.#lock(id, takeOver);
      const reading = lock === null ? await this.#read(id) : await this.#hold(id, lock);
      return { ...stateOf(reading), canWrite: lock !== null };
    });
  }

  append(id: string, text: string): Promise<void> {
    return this.#queued(async () => {
      const writer = await this.#writer(id);
      await writer.append(text);
    });
  }

  close(id: string): Promise<void> {
    return this.#queued(() => {
      if (this.#open?.id === id) {
        this.#letGo();
      }
      return Promise.resolve();
    });
  }

  rewrite(id: string, text: string): Promise<void> {
    return this.#queued(() =>
      this.#withLock(id, async () => {
        const reading = await this.#read(id);
        const writer = await this.#openWriter(id, reading);
        try {
          await writer.append(text);
        } finally {
          writer.close();
        }
      }),
    );
  }

  remove(id: string, { clips, pictures }: Needs): Promise<void> {
    return this.#queued(async () => {
      if (this.#open?.id === id) {
        this.#letGo();
      }
      const disk = await this.#disk();
      await this.#withLock(id, async () => {
        await disk.blobs.remove(`projects/${id}`);
        for (const name of clips) {
          await disk.blobs.remove(clipPath(name));
        }
        for (const hash of pictures) {
          await disk.pictures.remove(hash);
        }
      });
    });
  }

  async keepClip(name: string, file: File): Promise<boolean> {
    const { blobs } = await this.#disk();
    if ((await blobs.size(clipPath(name))) === file.size) {
      return true;
    }
    if (!(await hasRoomForClip(file.size))) {
      return false;
    }
    await blobs.putPieces(clipPath(name), piecesOf(file));
    return true;
  }

  async clip(name: string): Promise<File | null> {
    const { blobs } = await this.#disk();
    return await blobs.file(clipPath(name));
  }

  async frames(recipe: string, base: string): Promise<number[]> {
    const { pictures } = await this.#disk();
    return await finishedFrames(pictures, { recipe, base });
  }

  async sizeOf(needs: Needs): Promise<NeededSize> {
    const { root, blobs } = await this.#disk();
    return await guarded(() => this.#sizes.measure(root, blobs, needs));
  }

  async usage(): Promise<StorageUse> {
    const { root } = await this.#disk();
    return await guarded(() => measureStorage(root));
  }

  clearPictures(kept: readonly string[]): Promise<void> {
    return this.#queued(async () => {
      const { pictures } = await this.#disk();
      for (const hash of await pictures.recipes()) {
        if (!kept.includes(hash)) {
          await pictures.remove(hash);
        }
      }
    });
  }

  async measurePacked(contents: PackedContents): Promise<PackedSizes> {
    const { blobs } = await this.#disk();
    return await measurePacked(blobs, contents);
  }

  async pack(
    request: PackRequest,
    onProgress: (progress: TransferProgress) => void,
  ): Promise<void> {
    const { blobs } = await this.#disk();
    await this.#transfers.run(request.jobId, (signal) => pack(blobs, request, onProgress, signal));
  }

  peek(file: File): Promise<string> {
    return peek(file);
  }

  async unpack(
    request: UnpackRequest,
    onProgress: (progress: TransferProgress) => void,
  ): Promise<UnpackSummary> {
    const { blobs } = await this.#disk();
    const save = () => this.rewrite(request.id, request.text);
    return await this.#transfers.run(request.jobId, (signal) =>
      unpack(blobs, request, hasRoomForClip, save, onProgress, signal),
    );
  }

  cancelTransfer(jobId: string): void {
    this.#transfers.cancel(jobId);
  }

  /** The writer of this project: the open one, else made now, as after a worker that ended. */
  async #writer(id: string): Promise<ProjectWriter> {
    if (this.#open?.id !== id || !this.#open.lock.isHeld) {
      this.#letGo();
      const lock = await this.#lock(id, false);
      if (lock === null) {
        throw new AppError('store/locked');
      }
      await this.#hold(id, lock);
    }
    if (this.#open === null) {
      throw new AppError('store/locked');
    }
    return this.#open.writer;
  }

  /** Becomes the writer with a lock that was just taken; returns what was read under it. */
  async #hold(id: string, lock: ProjectLock): Promise<FolderReading> {
    try {
      const reading = await this.#read(id);
      this.#open = { id, lock, writer: await this.#openWriter(id, reading) };
      return reading;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** For one piece of work on a project that is not open here. */
  async #withLock(id: string, work: () => Promise<void>): Promise<void> {
    const lock = await this.#lock(id, false);
    if (lock === null) {
      throw new AppError('store/locked', 'Close it there first.');
    }
    try {
      await work();
    } finally {
      lock.release();
    }
  }

  async #read(id: string): Promise<FolderReading> {
    const { root } = await this.#disk();
    return await readProjectFolder(root, id);
  }

  async #openWriter(id: string, reading: FolderReading): Promise<ProjectWriter> {
    const { root, blobs } = await this.#disk();
    return await ProjectWriter.open(root, blobs, id, reading);
  }

  #lock(id: string, takeOver: boolean): Promise<ProjectLock | null> {
    return ProjectLock.acquire(id, takeOver, {
      onWanted: () => {
        this.#onEvent({ kind: 'wanted', id });
      },
      onLost: () => {
        if (this.#open?.id === id) {
          this.#letGo();
        }
        this.#onEvent({ kind: 'lost', id });
      },
    });
  }

  /** The file first: whoever gets the lock may then remove it. */
  #letGo(): void {
    const open = this.#open;
    this.#open = null;
    open?.writer.close();
    open?.lock.release();
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.add(() => guarded(work));
  }
}

function stateOf({ newest, damaged }: FolderReading): Pick<StoredProject, 'text' | 'damaged'> {
  return { text: newest?.text ?? null, damaged };
}

async function hasRoomForClip(bytes: number): Promise<boolean> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return bytes <= Math.min(LARGEST_KEPT_CLIP_BYTES, (quota - usage) * KEPT_CLIP_SHARE);
}

function clipPath(name: string): string {
  return `clips/${name}`;
}

async function* piecesOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      yield piece.value;
    }
  } finally {
    reader.releaseLock();
  }
}
