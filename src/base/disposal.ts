/** Anything with one owner and one teardown call. */
export interface Disposable {
  dispose(): void;
}

/** Collects what a function creates and disposes all of it, last first, however the function ends. */
export class DisposalScope implements Disposable {
  readonly #owned = new Set<Disposable>();

  own<T extends Disposable>(thing: T): T {
    this.#owned.add(thing);
    return thing;
  }

  /** Hands a thing to the caller: the scope no longer disposes it. */
  release<T extends Disposable>(thing: T): T {
    this.#owned.delete(thing);
    return thing;
  }

  dispose(): void {
    const things = [...this.#owned].reverse();
    this.#owned.clear();
    for (const thing of things) {
      thing.dispose();
    }
  }
}
