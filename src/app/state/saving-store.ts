import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';

/** Where saving stands, as the header says it. */
export type SavingState =
  | { readonly kind: 'none' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved' }
  /** Everything is in memory still; it is tried again. */
  | { readonly kind: 'failed'; readonly error: AppError }
  /** Another tab writes; this one shows what it had. */
  | { readonly kind: 'elsewhere' };

export function createSaving() {
  return createStore<SavingState>(() => ({ kind: 'none' }) as SavingState);
}

export type Saving = ReturnType<typeof createSaving>;
