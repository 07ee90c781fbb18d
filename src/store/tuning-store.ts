import { sha256 } from '../base/hash.ts';
import type { BlobStore } from './blob-store.ts';

const FOLDER = 'tuning';

/** What was measured on this machine: names by names, one small file per thing it was measured on. */
export interface TuningStore {
  /** Nothing where nothing was measured, or where the file is damaged: then it is measured again. */
  read(measuredOn: string): Promise<Readonly<Record<string, string>>>;
  /** Replaces what was written. Failures: `store/quota`, `store/failed`. */
  write(measuredOn: string, record: Readonly<Record<string, string>>): Promise<void>;
}

export function createTuningStore(blobs: BlobStore): TuningStore {
  const nameOf = async (measuredOn: string): Promise<string> => {
    const hash = await sha256(new TextEncoder().encode(measuredOn));
    return `${FOLDER}/${hash.slice(0, 32)}.json`;
  };
  return {
    read: async (measuredOn) => {
      const bytes = await blobs.get(await nameOf(measuredOn));
      return bytes === null ? {} : parseRecord(new TextDecoder().decode(bytes));
    },
    write: async (measuredOn, record) => {
      const bytes = new TextEncoder().encode(JSON.stringify(record));
      await blobs.put(await nameOf(measuredOn), bytes);
    },
  };
}

function parseRecord(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}
