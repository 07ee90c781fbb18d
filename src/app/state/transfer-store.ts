import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';
import type { PackedSizes, TransferProgress } from '../../protocol/project-file.ts';

/** A project on its way into a file, or out of one. One at a time; the dialog may be closed meanwhile. */
export type TransferState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      readonly what: 'export' | 'import';
      /** Of the project or the file. */
      readonly name: string;
      /** Null until its size is known. */
      readonly progress: TransferProgress | null;
      readonly isStopping: boolean;
    }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'done'; readonly sentence: string };

/** What is asked before a project is exported. */
export type ExportOffer = {
  readonly projectId: string;
  readonly name: string;
  /** Null until it was measured. */
  readonly sizes: PackedSizes | null;
};

export const transferStore = createStore<{
  readonly transfer: TransferState;
  readonly offer: ExportOffer | null;
}>(() => ({ transfer: { kind: 'idle' }, offer: null }));
