import type { TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';

/** What takes no memory and can't fail: a reshape only shares what is there. */
const SAFE: readonly PropertyKey[] = ['dispose', 'reshape'];

/** A runtime on which a chosen call fails, as any may when memory or the device goes. */
export class FailingRuntime {
  /** The runtime itself but for the failure. */
  readonly runtime: TensorRuntime;
  #calls = 0;
  #failing = Infinity;

  constructor(runtime: TensorRuntime) {
    this.runtime = new Proxy(runtime, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') {
          return value;
        }
        return (...args: unknown[]): unknown => {
          if (!SAFE.includes(name)) {
            this.#count();
          }
          return Reflect.apply(value, target, args);
        };
      },
    });
  }

  #count(): void {
    this.#calls += 1;
    if (this.#calls === this.#failing) {
      throw new Error('this call fails');
    }
  }

  /** How many calls a task makes. */
  async count(task: () => Promise<unknown>): Promise<number> {
    this.#calls = 0;
    await task();
    return this.#calls;
  }

  /** Runs a task whose call number `call`, from 1, fails. */
  async failAt<T>(call: number, task: () => Promise<T>): Promise<T> {
    this.#calls = 0;
    this.#failing = call;
    try {
      return await task();
    } finally {
      this.#failing = Infinity;
    }
  }
}
