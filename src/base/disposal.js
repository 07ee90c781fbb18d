/** Collects what a function creates and disposes all of it, last first, however the function ends. */
export class DisposalScope {
    #owned = new Set();
    own(thing) {
        this.#owned.add(thing);
        return thing;
    }
    /** Hands a thing to the caller: the scope no longer disposes it. */
    release(thing) {
        this.#owned.delete(thing);
        return thing;
    }
    dispose() {
        const things = [...this.#owned].reverse();
        this.#owned.clear();
        for (const thing of things) {
            thing.dispose();
        }
    }
}
