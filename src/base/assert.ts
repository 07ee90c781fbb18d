import { AppError } from './error.ts';

/** For programmer faults only; failures of the world are AppErrors with a code of their own. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) {
    throw new AppError('internal/assert', message);
  }
}

/** Narrows away undefined and null where the code knows better than the types. */
export function must<T>(value: T | null | undefined, what: string): T {
  assert(value !== undefined && value !== null, `${what} is missing`);
  return value;
}

/** Closes a switch over a union: a new member becomes a type error here. */
export function unreachable(value: never): never {
  throw new AppError('internal/assert', `unexpected value ${String(value)}`);
}
