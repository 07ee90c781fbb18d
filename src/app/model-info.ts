import { readsOf, type ModelReads } from '../protocol/model-reads.ts';
import { AppError, toAppError } from '../base/error.ts';

/** What the model badge says; the engine reads the whole manifest itself. */
export type ModelInfo = {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  readonly quantisation: string;
  readonly defaultSize: number;
  readonly steps: number;
  readonly bytes: number;
  /** Tells which edits a prompt asks for, and which of them it can't make. */
  readonly readsPrompts: boolean;
  readonly reads: ModelReads;
};

export const STARTER_MODEL = 'starter';

/** Reads the facts of a package that lies beside the app. */
export async function loadModelInfo(id: string, signal?: AbortSignal): Promise<ModelInfo> {
  const url = new URL(`models/${id}/manifest.json`, document.baseURI);
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    if (!response.ok || !isJson) {
      throw new AppError('model/not-found', `${id} (manifest.json answered ${response.status}).`);
    }
    return toModelInfo(id, await response.json());
  } catch (error) {
    throw toAppError(error, 'model/not-found');
  }
}

/** Tolerant on purpose: a badge must not fail where the engine would not. */
export function toModelInfo(id: string, manifest: unknown): ModelInfo {
  const record = isRecord(manifest) ? manifest : {};
  const files = Array.isArray(record['files']) ? (record['files'] as unknown[]) : [];
  const bytes = files.reduce<number>(
    (sum, file) => sum + (isRecord(file) && typeof file['bytes'] === 'number' ? file['bytes'] : 0),
    0,
  );
  const text = (key: string, other: string) =>
    typeof record[key] === 'string' ? record[key] : other;
  const size = record['defaultSize'];
  const steps = isRecord(record['scheduler']) ? record['scheduler']['steps'] : undefined;
  return {
    id,
    title: text('title', id),
    licence: text('licence', 'unknown'),
    quantisation: text('quantisation', ''),
    defaultSize: typeof size === 'number' ? size : 256,
    steps: typeof steps === 'number' ? steps : 2,
    bytes,
    readsPrompts: isRecord(record['promptReader']),
    reads: readsOf(manifest),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
