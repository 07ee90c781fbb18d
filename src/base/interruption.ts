/**
 * One event that ends whatever is being waited for, perhaps long after, perhaps never. `Promise.race` against a promise that
 * lives as long would keep something of every task that it was raced with.
 */
export class Interruption {
  readonly #waiting = new Set<(error: unknown) => void>();
  #over: { readonly error: unknown } | null = null;

  /** Rejects what is waiting, and whatever comes later. The first call counts. */
  interrupt(error: unknown): void {
    this.#over ??= { error };
    for (const reject of this.#waiting) {
      reject(this.#over.error);
    }
    this.#waiting.clear();
  }

  /** What comes of the task, or the interruption if that comes first. */
  async race<T>(task: Promise<T>): Promise<T> {
    return await new Promise((resolve, reject) => {
      if (this.#over !== null) {
        reject(this.#over.error);
        task.catch(() => undefined);
        return;
      }
      this.#waiting.add(reject);
      void task.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }
}
