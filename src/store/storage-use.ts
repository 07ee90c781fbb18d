import type { StorageUse } from '../protocol/projects.ts';

/** Folders of the origin's file system by what they are for. */
const FOLDERS = {
  models: 'models',
  pictures: 'pictures',
  clips: 'clips',
  projects: 'projects',
} as const;

/** Adds up the sizes of all files. */
export async function measureStorage(root: FileSystemDirectoryHandle): Promise<StorageUse> {
  const [models, pictures, clips, projects] = await Promise.all([
    bytesIn(root, FOLDERS.models),
    bytesIn(root, FOLDERS.pictures),
    bytesIn(root, FOLDERS.clips),
    bytesIn(root, FOLDERS.projects),
  ]);
  return { models, pictures, clips, projects };
}

async function bytesIn(parent: FileSystemDirectoryHandle, name: string): Promise<number> {
  try {
    return await bytesOf(await parent.getDirectoryHandle(name));
  } catch (error) {
    if (isGone(error)) {
      return 0;
    }
    throw error;
  }
}

/** Sizes of all files in a folder and the folders in it, without reading them. */
export async function bytesOf(folder: FileSystemDirectoryHandle): Promise<number> {
  let bytes = 0;
  for await (const handle of folder.values()) {
    try {
      bytes +=
        handle.kind === 'directory'
          ? await bytesOf(handle as FileSystemDirectoryHandle)
          : (await (handle as FileSystemFileHandle).getFile()).size;
    } catch (error) {
      // Removed or replaced meanwhile.
      if (!isGone(error)) {
        throw error;
      }
    }
  }
  return bytes;
}

/** A file or folder that was removed or replaced meanwhile, or never was there. */
export function isGone(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
