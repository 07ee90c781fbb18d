import { createStore } from 'zustand/vanilla';
import { isCancelled, toAppError } from '../../base/error.ts';
import type { ErrorCode } from '../../base/error-codes.ts';

export type NoticeAction = { readonly label: string; run(): void };

/** A sentence for the person: errors stay until dismissed, notices may fade. */
export type Notice = {
  readonly id: number;
  readonly kind: 'error' | 'warning' | 'info' | 'done';
  readonly text: string;
  readonly code: ErrorCode | null;
  readonly actions: readonly NoticeAction[];
};

export type NoticesState = { readonly notices: readonly Notice[] };

/** More would lie over the prompt bar. What fades by itself goes first, then the oldest. */
const MOST = 3;

/** With room for one more. */
function fewest(notices: readonly Notice[]): readonly Notice[] {
  if (notices.length < MOST) {
    return notices;
  }
  const dropped = notices.find(({ kind }) => kind !== 'error') ?? notices[0];
  return notices.filter((notice) => notice !== dropped);
}

export function createNotices() {
  const store = createStore<NoticesState>(() => ({ notices: [] }));
  let next = 1;
  const add = (notice: Omit<Notice, 'id'>): number => {
    const id = next;
    next += 1;
    store.setState((state) => {
      const others = state.notices.filter(
        (other) => other.text !== notice.text || other.code !== notice.code,
      );
      return { notices: [...fewest(others), { ...notice, id }] };
    });
    return id;
  };
  return {
    store,
    dismiss: (id: number): void => {
      store.setState((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) }));
    },
    /** Another try is under way: what was said about the last one goes, or only what has this code. */
    clearErrors: (code?: ErrorCode): void => {
      const { notices } = store.getState();
      const rest = notices.filter(
        (notice) => notice.kind !== 'error' || (code !== undefined && notice.code !== code),
      );
      if (rest.length < notices.length) {
        store.setState({ notices: rest });
      }
    },
    /** What was wrong before no longer matters: something else was opened. */
    clear: (): void => {
      store.setState({ notices: [] });
    },
    say: (
      kind: Exclude<Notice['kind'], 'error'>,
      text: string,
      actions: readonly NoticeAction[] = [],
      code: ErrorCode | null = null,
    ) => add({ kind, text, code, actions }),
    /** Shows a failure; a cancellation is none. */
    fail: (error: unknown, actions: readonly NoticeAction[] = []): void => {
      const known = toAppError(error, 'internal/assert');
      if (!isCancelled(known)) {
        add({ kind: 'error', text: known.message, code: known.code, actions });
      }
    },
  };
}

export type Notices = ReturnType<typeof createNotices>;
