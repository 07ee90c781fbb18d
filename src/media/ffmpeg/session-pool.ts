import type { Disposable } from '../../base/disposal.ts';
import { AppError } from '../../base/error.ts';
import { FfmpegSession } from './ffmpeg-session.ts';

/** Sessions for one file: each runs one command at a time, and a viewer may seek while an export reads on. */
export class SessionPool implements Disposable {
  readonly #file: Blob;
  readonly #idle: FfmpegSession[] = [];
  readonly #all = new Set<FfmpegSession>();
  #disposed = false;

  constructor(file: Blob) {
    this.#file = file;
  }

  /** Throws `job/cancelled` if the pool was disposed in the meantime. */
  async borrow(): Promise<FfmpegSession> {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      return idle;
    }
    const session = await FfmpegSession.open(this.#file);
    if (this.#disposed) {
      session.dispose();
      throw new AppError('job/cancelled');
    }
    this.#all.add(session);
    return session;
  }

  /** Takes a session back; one that was ended on the way is dropped. */
  giveBack(session: FfmpegSession): void {
    if (!session.usable) {
      this.#all.delete(session);
    } else if (this.#all.has(session)) {
      this.#idle.push(session);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const session of this.#all) {
      session.dispose();
    }
    this.#all.clear();
    this.#idle.length = 0;
  }
}
