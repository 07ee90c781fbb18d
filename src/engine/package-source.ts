import { AppError, toAppError } from '../base/error.ts';
import { checkAborted } from '../base/abort.ts';
import type { PackageStore } from '../store/package-store.ts';

/** Told how many more bytes of a file have arrived. */
export type BytesListener = (bytes: number) => void;

/** Where the files of one model package come from. */
export interface PackageSource {
  /** The package's name in messages. */
  readonly id: string;
  /** A whole file, not checked. `model/not-found` if there is none. */
  read(
    path: string,
    signal?: AbortSignal,
    onBytes?: BytesListener,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** Packages beside the app: `<base>models/<id>/`. */
export function createHttpSource(id: string, base: URL): PackageSource {
  const folder = new URL(`models/${encodeURIComponent(id)}/`, base);
  return {
    id,
    read: async (path, signal, onBytes) => {
      checkAborted(signal);
      try {
        return await fetchFile(new URL(path, folder), signal, onBytes);
      } catch (error) {
        const known = toAppError(error, 'model/not-found');
        throw known === error || known.code === 'job/cancelled'
          ? known
          : new AppError('model/not-found', `${id}/${path} did not arrive: ${known.detail}.`, {
              cause: error,
            });
      }
    },
  };
}

/** Packages in the browser's storage. */
export function createStoredSource(id: string, store: PackageStore): PackageSource {
  return {
    id,
    read: async (path, signal, onBytes) => {
      checkAborted(signal);
      const bytes = await store.read(id, path);
      if (bytes === null) {
        throw new AppError(
          'model/not-found',
          `${id}/${path} is no longer in the browser’s storage.`,
        );
      }
      onBytes?.(bytes.length);
      return bytes;
    },
  };
}

/** The imported package of that id, or else the one beside the app; decided at the first read. */
export function createAppSource(
  id: string,
  base: URL,
  openStore: () => Promise<PackageStore>,
): PackageSource {
  let chosen: Promise<PackageSource> | null = null;
  const choose = async (): Promise<PackageSource> => {
    const store = await openStore();
    return (await store.has(id)) ? createStoredSource(id, store) : createHttpSource(id, base);
  };
  return {
    id,
    read: async (path, signal, onBytes) => {
      chosen ??= choose();
      return await (await chosen).read(path, signal, onBytes);
    },
  };
}

async function fetchFile(
  url: URL,
  signal: AbortSignal | undefined,
  onBytes: BytesListener | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  // Servers of single-page apps answer missing files with their page.
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (!response.ok || isPage || response.body === null) {
    throw new AppError(
      'model/not-found',
      isPage ? `${url.pathname} is missing.` : `${url.pathname}: status ${response.status}.`,
    );
  }
  const parts: Uint8Array[] = [];
  let total = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    total += part.value.length;
    onBytes?.(part.value.length);
  }
  return joinParts(parts, total);
}

function joinParts(parts: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
