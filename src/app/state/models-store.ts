import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';
import type { ImportProgress, ImportSummary, ModelLibrary } from '../../protocol/model-library.ts';

export type ImportState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      /** Of the folder. */
      readonly name: string;
      /** Null until the first file is done, or while other jobs go first. */
      readonly progress: ImportProgress | null;
      readonly isStopping: boolean;
    }
  | { readonly kind: 'done'; readonly summary: ImportSummary }
  | { readonly kind: 'failed'; readonly name: string; readonly error: AppError };

/** What the dialog of models shows. */
export type ModelsState = {
  readonly isOpen: boolean;
  /** Null until it was read. */
  readonly library: ModelLibrary | null;
  /** Why it could not be read or changed. */
  readonly error: AppError | null;
  readonly importing: ImportState;
  /** Ids whose removal waits for the jobs before it. */
  readonly removing: readonly string[];
};

/** One import at a time; the dialog may be closed while it runs. */
export const modelsStore = createStore<ModelsState>(() => ({
  isOpen: false,
  library: null,
  error: null,
  importing: { kind: 'idle' },
  removing: [],
}));
