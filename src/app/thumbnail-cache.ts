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
  /** Rises with every thumbnail that arrives: what draws strips listens to it. */
  readonly version = createStore(() => ({ count: 0 }));
  readonly #preview: PreviewClient;
  readonly #images = new Map<string, ImageBitmap>();
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

  #next(): { strip: string; view: View; frames: number[] } | null {
    for (const wish of this.#wishes.values()) {
      const { strip } = wish;
      const frames = wish.frames.filter((frame) => {
        const key = `${strip}#${frame}`;
        return !this.#images.has(key) && !this.#failed.has(key);
      });
      if (frames.length > 0) {
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
      this.#keep(`${strip}#${frame}`, image);
    };
    try {
      await this.#preview.thumbnails(view, frames, this.#height, arrived, signal);
    } catch (error) {
      if (isCancelled(error)) {
        return;
      }
    }
    // A strip with gaps is still a strip: frames that did not come are left blank, not asked for again and again.
    for (const frame of frames) {
      if (!signal.aborted && !this.#images.has(`${strip}#${frame}`)) {
        this.#failed.add(`${strip}#${frame}`);
      }
    }
  }

  #keep(key: string, image: ImageBitmap): void {
    this.#images.get(key)?.close();
    this.#images.set(key, image);
    for (const [oldest, old] of this.#images) {
      if (this.#images.size <= MOST) {
        break;
      }
      old.close();
      this.#images.delete(oldest);
    }
    this.version.setState((state) => ({ count: state.count + 1 }));
  }
}
