import { ERROR_SENTENCES } from './error-codes.ts';
/**
 * The one error type of the project: a failure of the world (file, device, disk, user input) with a stable code.
 * `detail` carries the numbers of the case and is part of the sentence; `cause` is for developers.
 */
export class AppError extends Error {
    code;
    detail;
    constructor(code, detail = '', options = {}) {
        super(errorSentence(code, detail), options);
        this.name = 'AppError';
        this.code = code;
        this.detail = detail;
    }
}
/** The user's sentence for a code, its `{detail}` filled in. */
export function errorSentence(code, detail = '') {
    return ERROR_SENTENCES[code].replace('{detail}', detail).trim();
}
export function isErrorCode(value) {
    return typeof value === 'string' && Object.hasOwn(ERROR_SENTENCES, value);
}
/** Any thrown value as an AppError: known ones stay, aborts become `job/cancelled`, the rest gets `fallback`. */
export function toAppError(error, fallback) {
    if (error instanceof AppError) {
        return error;
    }
    if (error instanceof Error && error.name === 'AbortError') {
        return new AppError('job/cancelled', '', { cause: error });
    }
    const message = error instanceof Error ? error.message : String(error);
    return new AppError(fallback, message, { cause: error });
}
export function isCancelled(error) {
    return error instanceof AppError && error.code === 'job/cancelled';
}
