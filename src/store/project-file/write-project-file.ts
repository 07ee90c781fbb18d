import type { ZipWriter } from '@zip.js/zip.js';
import { checkAborted } from '../../base/abort.ts';
import { Sha256Stream } from '../../base/sha256-stream.ts';
import {
  MANIFEST_ENTRY,
  MIME_ENTRY,
  MIME_TYPE,
  PROJECT_ENTRY,
  serialiseManifest,
  type FileEntry,
} from './format.ts';
import { loadZip } from './zip.ts';

/** A file to go in, under its name in the browser's storage. */
export type Packed = { readonly path: string; readonly file: Blob };

/**
 * Writes a project file to `target`, piece by piece: nothing is in memory as a whole, and sizes above 4 GB are fine
 * (zip64). On failure or abort the target is aborted and holds nothing. `onBytes` hears how many more bytes are done.
 */
export async function writeProjectFile(
  target: WritableStream<Uint8Array>,
  text: string,
  files: AsyncIterable<Packed> | Iterable<Packed>,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { ZipWriter: Writer } = await loadZip();
  try {
    // Stored, one after the other, with zip64 throughout: one way of writing is one way to test.
    const zip = new Writer(target, { level: 0, zip64: true, keepOrder: true, signal });
    const written: FileEntry[] = [];
    await add(zip, MIME_ENTRY, new Blob([MIME_TYPE]), onBytes);
    written.push(await add(zip, PROJECT_ENTRY, new Blob([text]), onBytes));
    for await (const { path, file } of files) {
      checkAborted(signal);
      written.push(await add(zip, path, file, onBytes));
    }
    await add(zip, MANIFEST_ENTRY, new Blob([serialiseManifest(written)]), onBytes);
    await zip.close();
  } catch (error) {
    await target.abort(error).catch(() => undefined);
    checkAborted(signal);
    throw error;
  }
}

async function add(
  zip: ZipWriter<unknown>,
  path: string,
  file: Blob,
  onBytes: (bytes: number) => void,
): Promise<FileEntry> {
  const hash = new Sha256Stream();
  const readable = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        hash.update(piece);
        onBytes(piece.length);
        controller.enqueue(piece);
      },
    }),
  );
  await zip.add(path, { readable, size: file.size });
  return { path, bytes: file.size, sha256: hash.digest() };
}
