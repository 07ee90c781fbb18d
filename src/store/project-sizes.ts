import type { NeededSize, Needs } from '../protocol/projects.ts';
import type { BlobStore } from './blob-store.ts';
import { bytesOf, isGone } from './storage-use.ts';

/**
 * Sizes of what projects need, from the file system's own figures: no file is read. Pictures never change under their
 * name, so a folder of them is measured again only once it holds another number of files.
 */
export class ProjectSizes {
  readonly #measured = new Map<string, { readonly files: number; readonly bytes: number }>();

  async measure(
    root: FileSystemDirectoryHandle,
    blobs: BlobStore,
    { clips, pictures }: Needs,
  ): Promise<NeededSize> {
    let bytes = 0;
    for (const hash of new Set(pictures)) {
      bytes += await this.#pictures(root, hash);
    }
    const missingClips: string[] = [];
    for (const name of new Set(clips)) {
      const size = await blobs.size(`clips/${name}`);
      if (size === null) {
        missingClips.push(name);
      } else {
        bytes += size;
      }
    }
    return { bytes, missingClips };
  }

  async #pictures(root: FileSystemDirectoryHandle, hash: string): Promise<number> {
    try {
      const all = await root.getDirectoryHandle('pictures');
      const folder = await all.getDirectoryHandle(hash);
      const files = await countIn(folder);
      const known = this.#measured.get(hash);
      if (known?.files === files) {
        return known.bytes;
      }
      const bytes = await bytesOf(folder);
      this.#measured.set(hash, { files, bytes });
      return bytes;
    } catch (error) {
      if (isGone(error)) {
        return 0;
      }
      throw error;
    }
  }
}

async function countIn(folder: FileSystemDirectoryHandle): Promise<number> {
  const names = folder.keys();
  let count = 0;
  while ((await names.next()).done !== true) {
    count += 1;
  }
  return count;
}
