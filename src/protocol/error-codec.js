import { AppError, isErrorCode, toAppError } from '../base/error.ts';
export function packError(error) {
    const known = toAppError(error, 'internal/assert');
    return { code: known.code, detail: known.detail, stack: known.stack ?? '' };
}
export function unpackError(wire) {
    const code = isErrorCode(wire.code) ? wire.code : 'internal/assert';
    return new AppError(code, wire.detail, { cause: wire.stack });
}
