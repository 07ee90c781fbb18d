import { toAppError, type AppError } from '../base/error.ts';
import type { ProjectsClient } from './projects-client.ts';
import type { Saving, SavingState } from './state/saving-store.ts';

/** At most this long after a change its state is on its way to the disk. */
const FLUSH_MS = 250;
/** A full disk may have room again. */
const RETRY_MS = 10_000;

type Disk = Pick<ProjectsClient, 'append' | 'close'>;

export type AutosaveEvents = {
  /** The first write that failed after one that did not. */
  onFailed(error: AppError): void;
  /** Another tab has taken the project. */
  onLost(): void;
  /** It has, and this state came too late to be written into it. */
  onStranded(text: string): void;
};

type Target = { readonly id: string; readonly read: () => string };

/**
 * Writes each new state of the open project: the first change at once, then one state per `FLUSH_MS`, one write at a
 * time. What could not be written stays to be written.
 */
export class Autosave {
  readonly #disk: Disk;
  readonly #saving: Saving;
  readonly #events: AutosaveEvents;
  /** Null where nothing is open, or another tab writes. */
  #target: Target | null = null;
  #written = '';
  #isChanged = false;
  #writing: Promise<void> | null = null;
  #lastStart = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(disk: Disk, saving: Saving, events: AutosaveEvents) {
    this.#disk = disk;
    this.#saving = saving;
    this.#events = events;
  }

  /** Whether something is in memory only. */
  get isPending(): boolean {
    return this.#target !== null && (this.#isChanged || this.#writing !== null);
  }

  /** From now on `read` gives the state to write. `written` is what the disk has; null for a new project. */
  begin(id: string, read: () => string, written: string | null): void {
    this.#target = { id, read };
    this.#written = written ?? '';
    this.#isChanged = false;
    this.#say({ kind: 'saved' });
    if (written === null) {
      this.changed();
    }
  }

  /** Another tab writes this project. */
  look(): void {
    this.#stop();
    this.#say({ kind: 'elsewhere' });
  }

  /** Something may have changed. What is known to be unwritten is not put into words again: a drag calls this at every move. */
  changed(): void {
    if (this.#target === null || (!this.#isChanged && this.#target.read() === this.#written)) {
      return;
    }
    this.#isChanged = true;
    if (this.#saving.getState().kind !== 'failed') {
      this.#say({ kind: 'saving' });
    }
    this.#schedule(Math.max(0, this.#lastStart + FLUSH_MS - performance.now()));
  }

  /** Writes what is not written; resolves when that has been tried. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    if (this.#target !== null && this.#isChanged && this.#writing === null) {
      this.#writing = this.#write(this.#target).finally(() => {
        this.#writing = null;
      });
      await this.#writing;
    }
  }

  /** Writes what is left and lets go of the project; rejects where that can't be written. */
  async leave(): Promise<void> {
    await this.#letGo();
  }

  /** Another tab asked for it: the same, but this one goes on looking. */
  async handOver(id: string): Promise<void> {
    if (this.#target?.id !== id) {
      await this.#disk.close(id);
      return;
    }
    const text = this.#target.read();
    const leaving = this.#letGo();
    this.look();
    this.#events.onLost();
    try {
      await leaving;
    } catch {
      this.#events.onStranded(text);
    }
  }

  /** It was taken. */
  lost(id: string): void {
    if (this.#target?.id === id) {
      this.#lose(this.#target);
    }
  }

  #lose(target: Target): void {
    const text = target.read();
    const isStranded = text !== this.#written;
    this.look();
    this.#events.onLost();
    if (isStranded) {
      this.#events.onStranded(text);
    }
  }

  /** What changes from now on belongs to another project, or to nobody. */
  async #letGo(): Promise<void> {
    const target = this.#target;
    const left = target !== null && this.#isChanged ? target.read() : null;
    this.#stop();
    if (target === null) {
      return;
    }
    await this.#writing;
    try {
      if (left !== null) {
        await this.#disk.append(target.id, left);
      }
    } finally {
      await this.#disk.close(target.id);
    }
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#target = null;
    this.#isChanged = false;
    this.#say({ kind: 'none' });
  }

  #schedule(delay: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, delay);
  }

  async #write(target: Target): Promise<void> {
    const text = target.read();
    this.#isChanged = false;
    this.#lastStart = performance.now();
    try {
      await this.#disk.append(target.id, text);
    } catch (error) {
      this.#failed(target, toAppError(error, 'store/failed'));
      return;
    }
    if (this.#target !== target) {
      return;
    }
    this.#written = text;
    if (target.read() === text) {
      this.#isChanged = false;
      this.#say({ kind: 'saved' });
    } else {
      this.changed();
    }
  }

  #failed(target: Target, error: AppError): void {
    if (this.#target !== target) {
      return;
    }
    if (error.code === 'store/locked') {
      this.#lose(target);
      return;
    }
    this.#isChanged = true;
    if (this.#saving.getState().kind !== 'failed') {
      this.#events.onFailed(error);
    }
    this.#say({ kind: 'failed', error });
    this.#schedule(RETRY_MS);
  }

  #say(state: SavingState): void {
    if (state.kind !== this.#saving.getState().kind) {
      this.#saving.setState(state, true);
    }
  }
}
