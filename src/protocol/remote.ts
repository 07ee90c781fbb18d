import type { AppError } from '../base/error.ts';
import { packError, unpackError, type WireError } from './error-codec.ts';

/** What a call across threads resolves to: errors travel as data, because comlink would drop their codes. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };

/** A service as it is exposed by a worker: every method resolves to an outcome and never rejects. */
export type RemoteService<S> = {
  readonly [K in keyof S]: S[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Outcome<Awaited<R>>>
    : never;
};

/** Worker side: wraps a service for `expose`. Methods may be on a prototype; `this` stays the service. */
export function toRemote<S extends object>(service: S): RemoteService<S> {
  return new Proxy(service, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') {
        return undefined;
      }
      return async (...args: unknown[]): Promise<Outcome<unknown>> => {
        try {
          return { ok: true, value: await (Reflect.apply(member, target, args) as unknown) };
        } catch (error) {
          return { ok: false, error: packError(error) };
        }
      };
    },
  }) as unknown as RemoteService<S>;
}

/** Page side: the value of a call, or its AppError thrown with code and detail intact. */
export async function callRemote<T>(call: PromiseLike<Outcome<T>>): Promise<T> {
  const outcome = await call;
  if (outcome.ok) {
    return outcome.value;
  }
  const error: AppError = unpackError(outcome.error);
  throw error;
}
