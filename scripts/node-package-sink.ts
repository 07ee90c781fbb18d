import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileRecord, PackageSink } from '../src/models/package-sink.ts';

type Journal = { readonly key: string; readonly files: readonly FileRecord[] };

/**
 * A package folder on disk. Work goes to `<folder>.partial`, each file by temporary name and rename, with a journal of
 * what is finished; `commit` puts the whole folder in place of an older one.
 */
export class NodePackageSink implements PackageSink {
  readonly #folder: string;
  readonly #partial: string;
  #journal: Journal = { key: '', files: [] };

  constructor(folder: string) {
    this.#folder = folder;
    this.#partial = `${folder}.partial`;
  }

  get #journalPath(): string {
    return join(this.#partial, 'journal.json');
  }

  async begin(key: string): Promise<readonly FileRecord[]> {
    const stored = await readFile(this.#journalPath, 'utf8').then(
      (text) => JSON.parse(text) as Journal,
      () => undefined,
    );
    if (stored?.key === key) {
      this.#journal = stored;
      return stored.files;
    }
    await rm(this.#partial, { recursive: true, force: true });
    await mkdir(this.#partial, { recursive: true });
    this.#journal = { key, files: [] };
    return [];
  }

  async write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<FileRecord> {
    const final = join(this.#partial, path);
    await mkdir(dirname(final), { recursive: true });
    const hash = createHash('sha256');
    const file = await open(`${final}.tmp`, 'w');
    let bytes = 0;
    try {
      for await (const piece of pieces) {
        hash.update(piece);
        await file.writeFile(piece);
        bytes += piece.byteLength;
      }
    } finally {
      await file.close();
    }
    await rename(`${final}.tmp`, final);
    const record = { path, bytes, sha256: hash.digest('hex') };
    this.#journal = { ...this.#journal, files: [...this.#journal.files, record] };
    await writeFile(`${this.#journalPath}.tmp`, JSON.stringify(this.#journal));
    await rename(`${this.#journalPath}.tmp`, this.#journalPath);
    return record;
  }

  async commit(manifest: Uint8Array): Promise<void> {
    await writeFile(join(this.#partial, 'manifest.json'), manifest);
    await rm(this.#journalPath, { force: true });
    await rm(this.#folder, { recursive: true, force: true });
    await rename(this.#partial, this.#folder);
  }
}
