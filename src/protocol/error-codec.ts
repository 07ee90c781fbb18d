import { AppError, isErrorCode, toAppError } from '../base/error.ts';

/** An AppError as plain data: comlink alone would keep the message only and drop the code. */
export type WireError = { readonly code: string; readonly detail: string; readonly stack: string };

export function packError(error: unknown): WireError {
  const known = toAppError(error, 'internal/assert');
  return { code: known.code, detail: known.detail, stack: known.stack ?? '' };
}

export function unpackError(wire: WireError): AppError {
  const code = isErrorCode(wire.code) ? wire.code : 'internal/assert';
  return new AppError(code, wire.detail, { cause: wire.stack });
}
