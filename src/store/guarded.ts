import { toAppError, type AppError } from '../base/error.ts';

/** Any failure of the browser's storage as `store/quota` or `store/failed`. */
export function toStoreError(error: unknown): AppError {
  return toAppError(error, 'store/failed');
}

/** Does work on the storage; what it throws is an AppError. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(error);
  }
}
