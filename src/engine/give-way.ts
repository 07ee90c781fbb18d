import { readActivity, sharedNow, type Activity } from '../protocol/activity.ts';
import type { Turn } from './runtime/sessions.ts';

/** Without input for this long the person is taken to be done. Longer than from key to key of who types slowly. */
export const QUIET_MS = 400;
/** Under input without end the person and the runs take turns of this length: an edit still gets half of the time. */
export const TURN_MS = 3000;
/** Who touched the page this lately may do so again any moment. */
export const AT_WORK_MS = 10_000;
/** A job that was told to stop is to reach the place where it sees that. */
const HURRY_MS = 500;

/** Times in milliseconds on one clock. */
export type Waiting = {
  readonly now: number;
  /** When this run began to wait. */
  readonly since: number;
  /** Runs go without waiting until then. */
  readonly freeUntil: number;
  readonly activity: Activity;
};

/** For how long a run should still wait, in milliseconds; 0: it may go. To be asked again after that time. */
export function waitLeft({ now, since, freeUntil, activity }: Waiting): number {
  const longest = since + TURN_MS - now;
  if (now < freeUntil || longest <= 0) {
    return 0;
  }
  // A button that is held may move any moment. Clocks that disagree must not make it wait longer.
  const quiet = activity.isHeld
    ? QUIET_MS
    : Math.min(QUIET_MS, activity.lastInput + QUIET_MS - now);
  return Math.max(0, Math.min(longest, quiet));
}

/**
 * Holds the engine's runs back while the person is busy: they take every core, and a key that is pressed meanwhile is seen late.
 * Without a page that tells of input nothing waits.
 */
export class GiveWay implements Turn {
  #memory: SharedArrayBuffer | null = null;
  #freeUntil = 0;
  #wake: (() => void) | null = null;

  /** `memory` as `createActivityMemory` makes it. */
  watch(memory: SharedArrayBuffer): void {
    this.#memory = memory;
  }

  get isWanted(): boolean {
    const memory = this.#memory;
    return memory !== null && sharedNow() - readActivity(memory).lastInput < AT_WORK_MS;
  }

  /** Resolves when a run may go. For one caller at a time. */
  async wait(): Promise<void> {
    const memory = this.#memory;
    if (memory === null) {
      return;
    }
    const since = sharedNow();
    for (;;) {
      const now = sharedNow();
      const left = waitLeft({
        now,
        since,
        freeUntil: this.#freeUntil,
        activity: readActivity(memory),
      });
      if (left === 0) {
        if (now - since >= TURN_MS) {
          this.#freeUntil = now + TURN_MS;
        }
        return;
      }
      await this.#sleep(left);
    }
  }

  /** Ends the waiting: something is to stop, and what waits must get to where that is seen. */
  hurry(): void {
    this.#freeUntil = sharedNow() + HURRY_MS;
    this.#wake?.();
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
