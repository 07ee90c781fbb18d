import { AppError } from './error.ts';
/** For programmer faults only; failures of the world are AppErrors with a code of their own. */
export function assert(condition, message) {
    if (!condition) {
        throw new AppError('internal/assert', message);
    }
}
/** Narrows away undefined and null where the code knows better than the types. */
export function must(value, what) {
    assert(value !== undefined && value !== null, `${what} is missing`);
    return value;
}
/** Closes a switch over a union: a new member becomes a type error here. */
export function unreachable(value) {
    throw new AppError('internal/assert', `unexpected value ${String(value)}`);
}
