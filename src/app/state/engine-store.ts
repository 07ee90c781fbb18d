import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';
import type { RuntimeInfo } from '../../protocol/engine.ts';
import type { ModelInfo } from '../model-info.ts';

export type RuntimeState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly info: RuntimeInfo }
  | { readonly kind: 'failed'; readonly error: AppError };

export type ModelState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ready'; readonly info: ModelInfo }
  | { readonly kind: 'missing'; readonly error: AppError };

/** What the badges of the header show. */
export type EngineState = { readonly runtime: RuntimeState; readonly model: ModelState };

export function createEngineState() {
  return createStore<EngineState>(() => ({
    runtime: { kind: 'unknown' },
    model: { kind: 'unknown' },
  }));
}

export type EngineStore = ReturnType<typeof createEngineState>;
