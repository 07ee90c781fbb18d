import { sha256 } from '../base/hash.ts';

export type FileRecord = { readonly path: string; readonly bytes: number; readonly sha256: string };

/** Where a package is written: a folder on disk, or the browser's storage. Nothing is visible until `commit`. */
export interface PackageSink {
  /**
   * Starts, or takes up an interrupted compile of the same `key`: the files that one finished. A different key
   * throws the unfinished work away.
   */
  begin(key: string): Promise<readonly FileRecord[]>;
  /** Writes a file whole (temporary name, then rename), hashing on the way. */
  write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<FileRecord>;
  /** Writes `manifest.json` and makes the package visible. */
  commit(manifest: Uint8Array): Promise<void>;
}

/** A package in memory: tests, and small packages on their way elsewhere. */
export class MemorySink implements PackageSink {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  #key: string | undefined;
  #records: FileRecord[] = [];

  begin(key: string): Promise<readonly FileRecord[]> {
    if (key !== this.#key) {
      this.files.clear();
      this.#records = [];
    }
    this.#key = key;
    return Promise.resolve(this.#records);
  }

  async write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<FileRecord> {
    const data = await joinPieces(pieces);
    const record = { path, bytes: data.byteLength, sha256: await sha256(data) };
    this.files.set(path, data);
    this.#records.push(record);
    return record;
  }

  commit(manifest: Uint8Array): Promise<void> {
    this.files.set('manifest.json', new Uint8Array(manifest));
    return Promise.resolve();
  }
}

export async function joinPieces(
  pieces: AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    bytes += piece.byteLength;
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
