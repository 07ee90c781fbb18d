import type { FileEntry as ZipEntry, ZipReader } from '@zip.js/zip.js';
import { checkAborted } from '../../base/abort.ts';
import { AppError, toAppError } from '../../base/error.ts';
import { Interruption } from '../../base/interruption.ts';
import { Sha256Stream } from '../../base/sha256-stream.ts';
import {
  LARGEST_TEXT_BYTES,
  MANIFEST_ENTRY,
  MIME_ENTRY,
  MIME_TYPE,
  parseManifest,
  PROJECT_ENTRY,
  type FileEntry,
} from './format.ts';
import { loadZip } from './zip.ts';

/** Where the files of a project file go, by their name in the browser's storage. */
export interface FileSink {
  has(path: string): Promise<boolean>;
  /** All pieces or nothing: an error of the pieces leaves no file. */
  putPieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  remove(path: string): Promise<void>;
}

/**
 * A project file that is open to be read. `project/foreign` for what is no project file, `project/newer` for a later
 * format, `project/damaged` where its parts don't add up.
 */
export class ProjectFile {
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #files: readonly FileEntry[];
  /** The saved state, its hash checked. */
  readonly text: string;

  private constructor(
    entries: ReadonlyMap<string, ZipEntry>,
    files: readonly FileEntry[],
    text: string,
  ) {
    this.#entries = entries;
    this.#files = files;
    this.text = text;
  }

  static async open(file: Blob): Promise<ProjectFile> {
    const isOurs = await saysItIsOurs(file);
    try {
      const { ZipReader: Reader, BlobReader } = await loadZip();
      const entries = await listEntries(new Reader(new BlobReader(file)));
      const manifest = entries.get(MANIFEST_ENTRY);
      if (manifest === undefined) {
        throw new AppError('project/damaged', 'Its list of files is missing.');
      }
      const decoder = new TextDecoder('utf-8', { fatal: true });
      const files = parseManifest(decoder.decode(await readWhole(manifest)));
      const project = files.find(({ path }) => path === PROJECT_ENTRY);
      if (project === undefined || project.bytes > LARGEST_TEXT_BYTES) {
        throw new AppError('project/damaged', 'Its document is missing.');
      }
      const pieces: Uint8Array[] = [];
      for await (const piece of checkedPieces(entries, project, () => undefined)) {
        pieces.push(piece);
      }
      const text = decoder.decode(await new Blob(pieces as BlobPart[]).arrayBuffer());
      return new ProjectFile(entries, files, text);
    } catch (error) {
      const known = toAppError(error, 'project/damaged');
      throw isOurs || known.code === 'project/newer'
        ? known
        : new AppError('project/foreign', '', { cause: error });
    }
  }

  /** Bytes of all that `unpack` goes through. */
  get bytes(): number {
    return this.#data.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Names of the clips in it, as they are in the browser's storage. */
  get clips(): readonly { readonly path: string; readonly bytes: number }[] {
    return this.#data.filter(({ path }) => path.startsWith('clips/'));
  }

  get #data(): readonly FileEntry[] {
    return this.#files.filter(({ path }) => path !== PROJECT_ENTRY);
  }

  /**
   * Puts all files where they belong, except those in `left`, each checked by size and SHA-256; files that are there
   * already stay as they are. Returns the names of the new ones. On failure or abort those are removed again.
   */
  async unpack(
    sink: FileSink,
    left: ReadonlySet<string>,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const made: string[] = [];
    try {
      for (const entry of this.#data.filter(({ path }) => !left.has(path))) {
        checkAborted(signal);
        const pieces = checkedPieces(this.#entries, entry, onBytes, signal);
        if (await sink.has(entry.path)) {
          // Read through all the same: a damaged file is refused, whatever of it is needed here.
          await drain(pieces);
        } else {
          await sink.putPieces(entry.path, pieces);
          made.push(entry.path);
        }
      }
      return made;
    } catch (error) {
      for (const path of made) {
        await sink.remove(path);
      }
      throw error;
    }
  }
}

/** By its first entry, which also a file that was cut short still has. */
async function saysItIsOurs(file: Blob): Promise<boolean> {
  const head = await file.slice(0, 256).text();
  return head.startsWith('PK') && head.includes(`${MIME_ENTRY}`) && head.includes(MIME_TYPE);
}

async function listEntries(zip: ZipReader<Blob>): Promise<ReadonlyMap<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  for await (const entry of zip.getEntriesGenerator()) {
    if (!entry.directory) {
      entries.set(entry.filename, entry);
    }
  }
  return entries;
}

async function readWhole(entry: ZipEntry): Promise<ArrayBuffer> {
  if (entry.uncompressedSize > LARGEST_TEXT_BYTES) {
    throw new AppError('project/damaged', `${entry.filename} is too large.`);
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>();
  const [buffer] = await Promise.all([
    new Response(readable).arrayBuffer(),
    entry.getData(writable, { checkSignature: true }),
  ]);
  return buffer;
}

/** The bytes of a file of the manifest; throws `project/damaged` before its end where they are not what it says. */
async function* checkedPieces(
  entries: ReadonlyMap<string, ZipEntry>,
  { path, bytes, sha256 }: FileEntry,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const entry = entries.get(path);
  if (entry?.uncompressedSize !== bytes) {
    throw new AppError('project/damaged', `${path} is missing or has another size.`);
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const reading = entry.getData(writable, {
    checkSignature: true,
    ...(signal === undefined ? {} : { signal }),
  });
  // Where an entry's header is wrong the stream is never written, so that a read would wait for ever.
  const failure = new Interruption();
  reading.catch((error: unknown) => failure.interrupt(error));
  const hash = new Sha256Stream();
  let seen = 0;
  const reader = readable.getReader();
  try {
    const next = () => failure.race(reader.read());
    for (let piece = await next(); !piece.done; piece = await next()) {
      checkAborted(signal);
      hash.update(piece.value);
      seen += piece.value.length;
      onBytes(piece.value.length);
      yield piece.value;
    }
    await reading;
  } catch (error) {
    checkAborted(signal);
    throw toAppError(error, 'project/damaged');
  } finally {
    void reader.cancel().catch(() => undefined);
  }
  if (seen !== bytes || hash.digest() !== sha256) {
    throw new AppError(
      'project/damaged',
      `${path} does not have the checksum it was written with.`,
    );
  }
}

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    void piece;
  }
}
