import type { ClipReader } from '../../media/clip-reader.ts';
import { FrameFeed } from './frame-feed.ts';

/** The piece on screen and the one that comes next. */
const MOST = 2;
const BYTES_EACH = 128 * 1024 * 1024;

/**
 * A decoder per piece that is played: the next one's first frames are ready before its cut comes, also where both show
 * the same clip. The ones used last are kept.
 */
export class FeedPool {
  readonly #feeds = new Map<string, { readonly clip: ClipReader; readonly feed: FrameFeed }>();

  /** `piece` absent: the clip by itself. */
  get(clip: ClipReader, piece = ''): FrameFeed {
    const key = `${clip.info.fingerprint} ${piece}`;
    const known = this.#feeds.get(key);
    if (known !== undefined && known.clip === clip) {
      this.#feeds.delete(key);
      this.#feeds.set(key, known);
      return known.feed;
    }
    known?.feed.dispose();
    const feed = new FrameFeed(clip, BYTES_EACH);
    this.#feeds.set(key, { clip, feed });
    for (const [oldest, { feed: old }] of this.#feeds) {
      if (this.#feeds.size <= MOST) {
        break;
      }
      old.dispose();
      this.#feeds.delete(oldest);
    }
    return feed;
  }

  /** Decodes the frame that a piece begins with, unless that was done. */
  prepare(clip: ClipReader, piece: string, frame: number): void {
    if (this.#feeds.has(`${clip.info.fingerprint} ${piece}`)) {
      return;
    }
    // A frame that can't be decoded is said when it is to be shown.
    this.get(clip, piece)
      .get(frame)
      .catch(() => undefined);
  }

  drop(clip: ClipReader): void {
    for (const [key, one] of this.#feeds) {
      if (one.clip === clip) {
        one.feed.dispose();
        this.#feeds.delete(key);
      }
    }
  }

  clear(): void {
    for (const { feed } of this.#feeds.values()) {
      feed.dispose();
    }
    this.#feeds.clear();
  }
}
