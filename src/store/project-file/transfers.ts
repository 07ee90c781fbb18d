import { AppError } from '../../base/error.ts';
import type {
  PackedContents,
  PackedSizes,
  PackRequest,
  TransferProgress,
  UnpackRequest,
  UnpackSummary,
} from '../../protocol/project-file.ts';
import type { BlobStore } from '../blob-store.ts';
import { guarded } from '../guarded.ts';
import { ProjectFile } from './read-project-file.ts';
import { writeProjectFile, type Packed } from './write-project-file.ts';

/** Between two messages about the same transfer. */
const PROGRESS_MS = 100;

/** Names of all files of these contents that are on the disk, with what they hold. */
async function* filesOf(
  blobs: BlobStore,
  { pictures, clips }: PackedContents,
): AsyncGenerator<Packed> {
  for (const hash of new Set(pictures)) {
    for (const name of await blobs.list(`pictures/${hash}`)) {
      const path = `pictures/${hash}/${name}`;
      const file = await blobs.file(path);
      if (file !== null) {
        yield { path, file };
      }
    }
  }
  for (const { name, file } of clips) {
    const path = `clips/${name}`;
    const kept = file ?? (await blobs.file(path));
    if (kept !== null) {
      yield { path, file: kept };
    }
  }
}

export async function measurePacked(
  blobs: BlobStore,
  contents: PackedContents,
): Promise<PackedSizes> {
  let pictures = 0;
  let clips = 0;
  const found = new Set<string>();
  for await (const { path, file } of filesOf(blobs, contents)) {
    found.add(path);
    if (path.startsWith('pictures/')) {
      pictures += file.size;
    } else {
      clips += file.size;
    }
  }
  const missingClips = contents.clips
    .map(({ name }) => name)
    .filter((name) => !found.has(`clips/${name}`));
  return { pictures, clips, missingClips };
}

/** Writes a project file. A target that could not be finished holds nothing. */
export async function pack(
  blobs: BlobStore,
  { text, contents, target }: PackRequest,
  onProgress: (progress: TransferProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { pictures, clips } = await measurePacked(blobs, contents);
  const count = counting(pictures + clips, onProgress);
  await guarded(async () => {
    const writable = (await target.createWritable()) as WritableStream<Uint8Array>;
    await writeProjectFile(writable, text, filesOf(blobs, contents), count, signal);
  });
}

/** The saved state in a project file: `project/foreign`, `project/newer`, `project/damaged`. */
export async function peek(file: File): Promise<string> {
  return (await ProjectFile.open(file)).text;
}

/**
 * Brings a project file into the browser's storage; `save` writes the document, as the last of all. On failure or abort
 * nothing of it stays. A clip that there is no room for is left out: opening the project asks for it.
 */
export async function unpack(
  blobs: BlobStore,
  { file }: UnpackRequest,
  room: (bytes: number) => Promise<boolean>,
  save: () => Promise<void>,
  onProgress: (progress: TransferProgress) => void,
  signal: AbortSignal,
): Promise<UnpackSummary> {
  const project = await ProjectFile.open(file);
  const leftOut = new Set<string>();
  for (const { path, bytes } of project.clips) {
    if (!(await blobs.has(path)) && !(await room(bytes))) {
      leftOut.add(path);
    }
  }
  const count = counting(project.bytes, onProgress);
  const made = await project.unpack(blobs, leftOut, count, signal);
  try {
    await save();
  } catch (error) {
    for (const path of made) {
      await blobs.remove(path);
    }
    throw error;
  }
  return { clipsLeftOut: leftOut.size };
}

function counting(
  total: number,
  onProgress: (progress: TransferProgress) => void,
): (bytes: number) => void {
  let done = 0;
  let last = 0;
  return (bytes) => {
    done += bytes;
    const now = performance.now();
    if (now - last >= PROGRESS_MS) {
      last = now;
      onProgress({ done: Math.min(done, total), total });
    }
  };
}

/** Transfers under way, each with what stops it. */
export class Transfers {
  readonly #aborts = new Map<string, AbortController>();

  async run<T>(jobId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    this.#aborts.set(jobId, abort);
    try {
      return await work(abort.signal);
    } catch (error) {
      throw abort.signal.aborted ? new AppError('job/cancelled', '', { cause: error }) : error;
    } finally {
      this.#aborts.delete(jobId);
    }
  }

  cancel(jobId: string): void {
    this.#aborts.get(jobId)?.abort();
  }
}
