import { AppError, toAppError } from '../base/error.ts';
import type { ClipInfo } from '../protocol/media.ts';

export type Container = 'mp4' | 'webm';

/** Where an export goes: a file the person chose, or one of our own that is offered as a download when done. */
export type ExportTarget = {
  readonly handle: FileSystemFileHandle;
  readonly chosen: boolean;
};

type PickerWindow = {
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }) => Promise<FileSystemFileHandle>;
};

const TYPES: Record<Container, { mime: string; description: string }> = {
  mp4: { mime: 'video/mp4', description: 'MP4 video' },
  webm: { mime: 'video/webm', description: 'WebM video' },
};

export function canChooseTarget(): boolean {
  return typeof (globalThis as PickerWindow).showSaveFilePicker === 'function';
}

/** Asks where to save a video. */
export async function chooseTarget(name: string, container: Container): Promise<ExportTarget> {
  return await chooseFile(name, { ...TYPES[container], suffix: `.${container}`, folder: FOLDER });
}

type SavedType = {
  readonly mime: string;
  readonly description: string;
  readonly suffix: string;
  /** Of the browser's private storage, where there is no choice. */
  readonly folder: string;
};

/** Asks where to save; must run inside the person's click. Throws `job/cancelled` when they change their mind. */
export async function chooseFile(
  name: string,
  { mime, description, suffix, folder }: SavedType,
): Promise<ExportTarget> {
  const pick = (globalThis as PickerWindow).showSaveFilePicker;
  if (pick === undefined) {
    return await privateTarget(name, folder);
  }
  try {
    const handle = await pick.call(globalThis, {
      suggestedName: name,
      types: [{ description, accept: { [mime]: [suffix] } }],
    });
    return { handle, chosen: true };
  } catch (error) {
    throw toAppError(error, 'store/failed');
  }
}

const FOLDER = 'exports';

/** A file in the browser's private storage; earlier exports there are dropped first. */
export async function privateTarget(name: string, inFolder = FOLDER): Promise<ExportTarget> {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(inFolder, { recursive: true }).catch(() => {
      // Nothing there yet, or one is still being downloaded: both are fine.
    });
    const folder = await root.getDirectoryHandle(inFolder, { create: true });
    return { handle: await folder.getFileHandle(name, { create: true }), chosen: false };
  } catch (error) {
    throw toAppError(error, 'store/failed');
  }
}

/** Lets the browser save a file under its name. */
export function download(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/** `holiday – make it night.mp4`: the source's name and what was done, safe on every file system. */
export function exportName(
  clipName: string,
  prompts: readonly string[],
  container: Container,
): string {
  const stem = clipName.replace(/\.[^.]{1,5}$/, '');
  const what = prompts.length === 1 ? (prompts[0] ?? '') : prompts.length > 1 ? 'edited' : 'copy';
  return `${safeName(`${stem} - ${what}`)}.${container}`;
}

/** A name that every file system takes. */
export function safeName(name: string): string {
  return name
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}

/** What this browser can encode at the clip's size, the more widely playable one first. */
export async function encodableContainers(info: ClipInfo): Promise<readonly Container[]> {
  const width = Math.max(2, info.width & ~1);
  const height = Math.max(2, info.height & ~1);
  const isSupported = async (codec: string): Promise<boolean> => {
    try {
      return (await VideoEncoder.isConfigSupported({ codec, width, height })).supported === true;
    } catch {
      return false;
    }
  };
  const found: Container[] = [];
  if (await isSupported('avc1.640034')) {
    found.push('mp4');
  }
  if ((await isSupported('vp09.00.51.08')) || (await isSupported('vp8'))) {
    found.push('webm');
  }
  if (found.length === 0) {
    throw new AppError('media/no-encoder', `${width} x ${height} pixels.`);
  }
  return found;
}
