import { ERROR_SENTENCES, type ErrorCode } from './error-codes.ts';

/**
 * The one error type of the project: a failure of the world (file, device, disk, user input) with a stable code.
 * `detail` carries the numbers of the case and is part of the sentence; `cause` is for developers.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = '', options: { cause?: unknown } = {}) {
    super(errorSentence(code, detail), options);
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
  }
}

/** The user's sentence for a code, its `{detail}` filled in. */
export function errorSentence(code: ErrorCode, detail = ''): string {
  return ERROR_SENTENCES[code].replace('{detail}', detail).trim();
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_SENTENCES, value);
}

/**
 * Any thrown value as an AppError: known ones stay, aborts become `job/cancelled`, a full disk `store/quota`, the rest
 * gets `fallback`.
 */
export function toAppError(error: unknown, fallback: ErrorCode): AppError {
  if (error instanceof AppError) {
    return error;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new AppError('job/cancelled', '', { cause: error });
  }
  if (error instanceof Error && error.name === 'QuotaExceededError') {
    return new AppError('store/quota', '', { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new AppError(fallback, message, { cause: error });
}

export function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === 'job/cancelled';
}
