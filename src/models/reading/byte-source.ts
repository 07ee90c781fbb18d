import { AppError } from '../../base/error.ts';

/** One file that can be read in pieces: on disk, in the browser's storage, or behind HTTP range requests. */
export interface ByteSource {
  /** Shown in errors. */
  readonly name: string;
  readonly bytes: number;
  /** Changes when the content does (modification time, ETag): an interrupted compile is taken up only if it matches. */
  readonly version?: string;
  /** Exactly `length` bytes from `offset`; the reader checks bounds first. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A folder of a checkpoint in diffusers layout. Paths are relative, with `/`. */
export interface CheckpointSource {
  /** Undefined if there is no such file. */
  open(path: string): Promise<ByteSource | undefined>;
  /** Paths of the files directly inside `folder` ('' is the top). */
  list(folder: string): Promise<readonly string[]>;
}

/** Bytes that are in memory already. */
export function memorySource(name: string, data: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    name,
    bytes: data.byteLength,
    read: (offset, length) => Promise.resolve(data.slice(offset, offset + length)),
  };
}

/** What a browser's `File` and `Blob` offer (storage of the origin, picked files), and Node's `Blob` too. */
export type BlobLike = {
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
};

export function blobSource(name: string, blob: BlobLike): ByteSource {
  return {
    name,
    bytes: blob.size,
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** The part of `fetch` that range reading needs. */
export type RangeFetch = (
  url: string,
  init: { readonly headers: Readonly<Record<string, string>> },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}>;

/**
 * A file behind HTTP range requests (RFC 9110, section 14). A server that ignores ranges is refused rather than read
 * whole for every tensor.
 */
export async function openHttpSource(
  url: string,
  fetch: RangeFetch,
): Promise<ByteSource | undefined> {
  const first = await fetch(url, { headers: { range: 'bytes=0-0' } });
  if (first.status === 404) {
    return undefined;
  }
  const total = /\/(\d+)$/.exec(first.headers.get('content-range') ?? '')?.[1];
  if (first.status !== 206 || total === undefined) {
    throw new AppError(
      'model/bad-checkpoint',
      `${url} can’t be read in pieces (status ${String(first.status)}).`,
    );
  }
  const etag = first.headers.get('etag');
  return {
    name: url,
    bytes: Number(total),
    ...(etag === null ? {} : { version: etag }),
    read: async (offset, length) => {
      if (length === 0) {
        return new Uint8Array(0);
      }
      const range = `bytes=${String(offset)}-${String(offset + length - 1)}`;
      const answer = await fetch(url, { headers: { range } });
      const data = new Uint8Array(await answer.arrayBuffer());
      if (answer.status !== 206 || data.byteLength !== length) {
        throw new AppError(
          'model/bad-checkpoint',
          `${url}: asked for ${range}, got ${String(data.byteLength)} bytes with status ${String(answer.status)}.`,
        );
      }
      return data;
    },
  };
}

/** Reads a whole small file (configs, vocabularies), refusing one that is larger than `limit` bytes. */
export async function readSmallFile(
  source: ByteSource,
  limit = 64 << 20,
): Promise<Uint8Array<ArrayBuffer>> {
  if (source.bytes > limit) {
    throw new AppError(
      'model/bad-checkpoint',
      `${source.name} has ${String(source.bytes)} bytes; at most ${String(limit)} were expected.`,
    );
  }
  const data = await source.read(0, source.bytes);
  if (data.byteLength !== source.bytes) {
    throw new AppError(
      'model/bad-checkpoint',
      `${source.name} ends after ${String(data.byteLength)} of ${String(source.bytes)} bytes.`,
    );
  }
  return data;
}

/** A JSON object read from a checkpoint; anything else is refused with the file's name. */
export async function readJsonFile(source: ByteSource): Promise<Readonly<Record<string, unknown>>> {
  return parseJsonObject(await readSmallFile(source), source.name);
}

/**
 * A JSON object, also as Python writes it: with bare Infinity, -Infinity and NaN (diffusers' scheduler configs have
 * `"lambda_min_clipped": -Infinity`), which are read as the infinities and null.
 */
export function parseJsonObject(data: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = parsePythonJson(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (cause) {
    throw new AppError('model/bad-checkpoint', `${name} is not valid JSON.`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new AppError('model/bad-checkpoint', `${name} is not a JSON object.`);
  }
  return json as Record<string, unknown>;
}

function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain = withoutBareNumbers(text);
    if (plain === text) {
      throw error;
    }
    return JSON.parse(plain);
  }
}

/** Bare Infinity and NaN, outside of strings, as JSON that parses to the infinities and null. */
function withoutBareNumbers(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const outside = text.slice(at, quote === -1 ? text.length : quote);
    parts.push(
      outside.replaceAll(/(?<![\w.+-])(?:(-?)Infinity|NaN)(?![\w.])/g, (token, sign?: string) =>
        token === 'NaN' ? 'null' : `${sign ?? ''}1e999`,
      ),
    );
    if (quote === -1) {
      break;
    }
    let close = quote + 1;
    while (close < text.length && text[close] !== '"') {
      close += text[close] === '\\' ? 2 : 1;
    }
    parts.push(text.slice(quote, close + 1));
    at = close + 1;
  }
  return parts.join('');
}
