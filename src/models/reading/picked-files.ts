import { AppError } from '../../base/error.ts';
import {
  blobSource,
  type BlobLike,
  type ByteSource,
  type CheckpointSource,
} from './byte-source.ts';

/** A browser's `File`: stays on disk, read in ranges. */
export type PickedFile = BlobLike & { readonly lastModified: number };

/** A file and its path in the folder that a person picked or dropped, with `/`. */
export type PathAndFile = { readonly path: string; readonly file: PickedFile };

/** A folder of files that a person picked, as a checkpoint. */
export function pickedCheckpoint(files: readonly PathAndFile[]): CheckpointSource {
  const root = checkpointRoot(files.map(({ path }) => path));
  const inside = new Map(
    files.flatMap(({ path, file }) =>
      path.startsWith(root) ? [[path.slice(root.length), file] as const] : [],
    ),
  );
  return {
    open: (path) => {
      const file = inside.get(path);
      return Promise.resolve(file === undefined ? undefined : pickedSource(path, file));
    },
    list: (folder) => {
      const start = folder === '' ? '' : `${folder}/`;
      const found = [...inside.keys()].filter(
        (path) => path.startsWith(start) && !path.slice(start.length).includes('/'),
      );
      return Promise.resolve(found);
    },
  };
}

/** One picked file; what the disk refuses later (moved, changed since it was picked) is `model/bad-checkpoint`. */
export function pickedSource(name: string, file: PickedFile): ByteSource {
  const source = blobSource(name, file);
  return {
    ...source,
    version: String(file.lastModified),
    read: async (offset, length) => {
      try {
        return await source.read(offset, length);
      } catch (cause) {
        throw new AppError(
          'model/bad-checkpoint',
          `${name} can’t be read any more: it was changed or moved since the folder was chosen.`,
          { cause },
        );
      }
    },
  };
}

/** Where the checkpoint begins: beside the shallowest `unet/config.json`, else inside the one folder around all files. */
export function checkpointRoot(paths: readonly string[]): string {
  const mark = 'unet/config.json';
  const marked = paths
    .filter((path) => path === mark || path.endsWith(`/${mark}`))
    .map((path) => path.slice(0, -mark.length));
  const nearest = marked.toSorted((a, b) => a.length - b.length)[0];
  if (nearest !== undefined) {
    return nearest;
  }
  const top = (paths[0] ?? '').split('/')[0] ?? '';
  const isAround = paths.length > 0 && paths.every((path) => path.startsWith(`${top}/`));
  return isAround ? `${top}/` : '';
}
