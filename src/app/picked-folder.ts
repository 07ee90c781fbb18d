import type { ImportRequest } from '../protocol/model-library.ts';

/** A folder of the disk with all files below it; they stay on disk. */
export type PickedFolder = Pick<ImportRequest, 'name' | 'files'>;

/** What a folder input holds. Null where the person chose none, or one without files. */
export function folderOfInput(list: FileList | null): PickedFolder | null {
  const files = [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath, file }));
  const first = files[0];
  return first === undefined ? null : { name: first.path.split('/')[0] ?? '', files };
}

/** The first folder among the things that are dropped; null if there is none. Must be called inside the drop event. */
export function droppedFolder(data: DataTransfer | null): Promise<PickedFolder> | null {
  for (const item of data?.items ?? []) {
    const entry = item.webkitGetAsEntry();
    if (entry?.isDirectory === true) {
      return readFolder(entry as FileSystemDirectoryEntry);
    }
  }
  return null;
}

async function readFolder(folder: FileSystemDirectoryEntry): Promise<PickedFolder> {
  const files: { path: string; file: File }[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readEntries(next)) {
      if (entry.isDirectory) {
        waiting.push(entry as FileSystemDirectoryEntry);
      } else {
        const file = await new Promise<File>((resolve, reject) => {
          (entry as FileSystemFileEntry).file(resolve, reject);
        });
        files.push({ path: entry.fullPath.replace(/^\//, ''), file });
      }
    }
  }
  return { name: folder.name, files };
}

/** A reader hands out at most a hundred entries at a time, and none once it is done. */
async function readEntries(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) {
      return all;
    }
    all.push(...some);
  }
}
