import { packError, unpackError, type WireError } from './error-codec.ts';

/** What a call across threads resolves to: errors travel as data, because comlink would drop their codes. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };

/** A service as it is exposed by a worker: every method resolves to an reply and never rejects. */
export type RemoteService<S> = {
  readonly [K in keyof S]: S[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Reply<Awaited<R>>>
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
      return (...args: unknown[]) =>
        answerCall(async () => (await Reflect.apply(member, target, args)) as unknown);
    },
  }) as unknown as RemoteService<S>;
}

/** Runs a piece of work and answers with a reply, whatever happens. */
export async function answerCall<T>(work: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: packError(error) };
  }
}

/** Page side: the value of a call, or its AppError thrown with code and detail intact. */
export async function callRemote<T>(call: PromiseLike<Reply<T>>): Promise<T> {
  const reply = await call;
  if (reply.ok) {
    return reply.value;
  }
  throw unpackError(reply.error);
}
