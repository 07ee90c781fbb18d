import { createStore } from 'zustand/vanilla';
import { unknownEditWarning, type PromptReading } from '../protocol/prompt-reading.ts';
import type { Session } from './state/session-store.ts';

/** Typing has stopped for as long as this, in milliseconds. */
const PAUSE_MS = 350;

/** The newest reading, and the prompt (trimmed) that it is of. */
export type DraftReading = { readonly prompt: string; readonly reading: PromptReading };

type Read = (prompt: string) => Promise<PromptReading | null>;

/**
 * Has the prompt that is being typed read by the model, once typing stops. One reading is under way at most; what was typed meanwhile is
 * read after it, and nothing in between.
 */
export class DraftReader {
  readonly store = createStore<{ readonly newest: DraftReading | null }>(() => ({ newest: null }));
  readonly #session: Session;
  readonly #read: Read;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #turn = 0;

  constructor(session: Session, read: Read) {
    this.#session = session;
    this.#read = read;
    session.subscribe((state, before) => {
      if (state.draft.prompt.trim() !== before.draft.prompt.trim()) {
        this.#readLater();
      }
    });
  }

  /** Another model reads from now on, or one that has just become ready: what was read before says nothing of it. */
  restart(): void {
    this.#turn += 1;
    this.store.setState({ newest: null });
    this.#readLater();
  }

  #readLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#readNewest();
    }, PAUSE_MS);
  }

  async #readNewest(): Promise<void> {
    const prompt = this.#prompt;
    if (this.#isReading || prompt === '' || prompt === this.store.getState().newest?.prompt) {
      return;
    }
    this.#isReading = true;
    const turn = this.#turn;
    try {
      const reading = await this.#read(prompt);
      if (reading !== null && turn === this.#turn) {
        this.store.setState({ newest: { prompt, reading } });
      }
    } catch {
      // An unread prompt can be run all the same, and what is wrong with the engine is said by its next job.
    } finally {
      this.#isReading = false;
    }
    if (this.#prompt !== prompt || turn !== this.#turn) {
      await this.#readNewest();
    }
  }

  get #prompt(): string {
    return this.#session.getState().draft.prompt.trim();
  }
}

/** What to say of a prompt in the prompt bar; null while it is not read yet, and where there is nothing to say. */
export function draftWarning(newest: DraftReading | null, prompt: string): string | null {
  return newest === null || newest.prompt !== prompt.trim()
    ? null
    : (unknownEditWarning(newest.reading, newest.prompt)?.message ?? null);
}
