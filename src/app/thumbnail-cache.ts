import { createStore } from 'zustand/vanilla';
import { isCancelled } from '../base/error.ts';
import type { View } from '../protocol/preview.ts';
import type { PreviewClient } from './preview-client.ts';

/** Frames asked for in one call: few, so that a newer wish never waits long. */
const BATCH = 4;
/** Thumbnails kept; at 56 x 2 pixels height about 80 kB each. */
const MOST = 600;

type Wish = { readonly strip: string; readonly view: View; readonly frames: readonly number[] };

/** Thumbnails of filmstrips, made one batch at a time by the preview worker and kept until they are too many. */
export class ThumbnailCache {
  /** Rises with every batch that arrives: what draws strips listens to it, and asks `versionOf` whether it was theirs. */
  readonly version = createStore(() => ({ count: 0 }));
  readonly #preview: PreviewClient;
  readonly #images = new Map<string, ImageBitmap>();
  /** Which frames of a strip are at hand. */
  readonly #frames = new Map<string, Set<number>>();
  /** By strip, the batch that changed it last. */
  readonly #versions = new Map<string, number>();
  readonly #failed = new Set<string>();
  readonly #wishes = new Map<string, Wish>();
  #abort = new AbortController();
  #isWorking = false;
  #height = 88;

  constructor(preview: PreviewClient) {
    this.#preview = preview;
  }

  get(strip: string, frame: number): ImageBitmap | undefined {
    return this.#images.get(`${strip}#${frame}`);
  }

  /** The one at hand whose frame is nearest: shown until the right one is there. */
  nearest(strip: string, frame: number): ImageBitmap | undefined {
    let best: number | undefined;
    for (const one of this.#frames.get(strip) ?? []) {
      if (best === undefined || Math.abs(one - frame) < Math.abs(best - frame)) {
        best = one;
      }
    }
    return best === undefined ? undefined : this.get(strip, best);
  }

  /** Another number whenever thumbnails of this strip have come. */
  versionOf(strip: string): number {
    return this.#versions.get(strip) ?? 0;
  }

  /**
   * Replaces what `owner` wants of a strip; several may want parts of the same one. `view` says how its frames are
   * composited.
   */
  want(owner: string, strip: string, view: View, frames: readonly number[]): void {
    this.#wishes.set(owner, { strip, view, frames });
    void this.#work();
  }

  /** Forgets what `owner` wants: it is off screen. */
  drop(owner: string): void {
    this.#wishes.delete(owner);
  }

  /** The worker was started anew: what it still owed is asked for again. */
  restart(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#failed.clear();
    void this.#work();
  }

  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const image of this.#images.values()) {
      image.close();
    }
    this.#images.clear();
    this.#frames.clear();
    this.#versions.clear();
    this.#failed.clear();
    this.#wishes.clear();
  }

  setHeight(height: number): void {
    this.#height = height;
  }

  async #work(): Promise<void> {
    if (this.#isWorking) {
      return;
    }
    this.#isWorking = true;
    for (let next = this.#next(); next !== null; next = this.#next()) {
      await this.#fetch(next.strip, next.view, next.frames);
    }
    this.#isWorking = false;
  }

  /** Room for another batch: what nobody wants goes, oldest first; what is wanted stays, even if that is too much. */
  #makeRoom(): boolean {
    const excess = this.#images.size + BATCH - MOST;
    if (excess <= 0) {
      return true;
    }
    const wanted = new Set<string>();
    for (const { strip, frames } of this.#wishes.values()) {
      for (const frame of frames) {
        wanted.add(`${strip}#${frame}`);
      }
    }
    const unwanted = [...this.#images.keys()].filter((key) => !wanted.has(key));
    for (const key of unwanted.slice(0, excess)) {
      this.#forget(key);
    }
    return unwanted.length >= excess;
  }

  /** A batch of whoever waits longest: strips side by side fill together. */
  #next(): { strip: string; view: View; frames: number[] } | null {
    if (!this.#makeRoom()) {
      return null;
    }
    for (const [owner, wish] of this.#wishes) {
      const { strip } = wish;
      const frames = wish.frames.filter((frame) => {
        const key = `${strip}#${frame}`;
        return !this.#images.has(key) && !this.#failed.has(key);
      });
      if (frames.length > 0) {
        this.#wishes.delete(owner);
        this.#wishes.set(owner, wish);
        return { strip, view: wish.view, frames: frames.slice(0, BATCH) };
      }
    }
    return null;
  }

  async #fetch(strip: string, view: View, frames: readonly number[]): Promise<void> {
    const { signal } = this.#abort;
    const arrived = (frame: number, image: ImageBitmap): void => {
      if (signal.aborted) {
        image.close();
        return;
      }
      this.#keep(strip, frame, image);
    };
    try {
      await this.#preview.thumbnails(view, frames, this.#height, arrived, signal);
    } catch (error) {
      if (isCancelled(error)) {
        return;
      }
    } finally {
      this.#announce(strip);
    }
    // A strip with gaps is still a strip: frames that did not come are left blank, not asked for again and again.
    for (const frame of frames) {
      if (!signal.aborted && !this.#images.has(`${strip}#${frame}`)) {
        this.#failed.add(`${strip}#${frame}`);
      }
    }
  }

  #keep(strip: string, frame: number, image: ImageBitmap): void {
    const key = `${strip}#${frame}`;
    this.#images.get(key)?.close();
    this.#images.set(key, image);
    const frames = this.#frames.get(strip) ?? new Set();
    this.#frames.set(strip, frames.add(frame));
  }

  /** Once for a batch: drawing a strip for each of its pictures would cost more than making them. */
  #announce(strip: string): void {
    const count = this.version.getState().count + 1;
    if (this.#frames.has(strip)) {
      this.#versions.set(strip, count);
    }
    this.version.setState({ count });
  }

  #forget(key: string): void {
    this.#images.get(key)?.close();
    this.#images.delete(key);
    const at = key.lastIndexOf('#');
    const frames = this.#frames.get(key.slice(0, at));
    frames?.delete(Number(key.slice(at + 1)));
    if (frames?.size === 0) {
      this.#frames.delete(key.slice(0, at));
      this.#versions.delete(key.slice(0, at));
    }
  }
}
