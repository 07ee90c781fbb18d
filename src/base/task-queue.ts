/** Runs tasks one after another, in the order of the calls. A task that fails rejects its own caller and nobody else. */
export class TaskQueue {
  #last: Promise<unknown> = Promise.resolve();

  add<T>(task: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** A task that nobody waits for: clearing up, whose failure (on a device that is gone) changes nothing any more. */
  background(task: () => Promise<void> | void): void {
    this.add(task).catch(() => undefined);
  }

  /** Resolves when everything added so far has ended, well or badly. */
  async drained(): Promise<void> {
    await this.#last;
  }
}

/** One shared attempt at something dear; a failure is forgotten, so that the next call tries again. */
export function memoise<T>(make: () => Promise<T>): () => Promise<T> {
  let attempt: Promise<T> | null = null;
  return () => {
    attempt ??= make().catch((error: unknown) => {
      attempt = null;
      throw error;
    });
    return attempt;
  };
}
