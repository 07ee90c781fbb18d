import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ByteSource, CheckpointSource } from '../src/models/reading/byte-source.ts';

/** A file on disk, read in pieces. */
export async function openNodeFile(path: string, name: string): Promise<ByteSource | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined || !info.isFile()) {
    return undefined;
  }
  return {
    name,
    bytes: info.size,
    version: String(info.mtimeMs),
    read: async (offset, length) => {
      const file = await open(path);
      try {
        const data = new Uint8Array(length);
        let at = 0;
        while (at < length) {
          const { bytesRead } = await file.read(data, at, length - at, offset + at);
          if (bytesRead === 0) {
            break;
          }
          at += bytesRead;
        }
        return data.subarray(0, at);
      } finally {
        await file.close();
      }
    },
  };
}

/** A checkpoint folder on disk. */
export function nodeCheckpoint(folder: string): CheckpointSource {
  return {
    open: (path) => openNodeFile(join(folder, path), path),
    list: async (path) => {
      const at = join(folder, path);
      const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(at, entry.name)).replaceAll('\\', '/'));
    },
  };
}
