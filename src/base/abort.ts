import { AppError } from './error.ts';

/** Throws `job/cancelled` if the signal has fired. Called between steps, never inside one. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new AppError('job/cancelled', '', { cause: signal.reason });
  }
}
