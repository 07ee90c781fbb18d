import { createStore } from 'zustand/vanilla';
import { AppError } from '../../base/error.ts';
import type { Step } from '../../project/commands.ts';
import type { Project } from '../../project/document.ts';
import {
  applyStep,
  beginMark,
  cancelMark,
  commitMark,
  goTo,
  redo,
  undo,
  type History,
} from '../../project/history.ts';
import { NO_HISTORY, type KeptHistory } from '../../project/saved-history.ts';

export type ProjectState = {
  readonly history: History | null;
  /** Another tab writes it: nothing is changed here. */
  readonly isReadOnly: boolean;
};

/** The open document and where it has been. */
export function createProjectStore() {
  const store = createStore<ProjectState>(() => ({ history: null, isReadOnly: false }));
  const change = (next: (history: History) => History): void => {
    const { history, isReadOnly } = store.getState();
    const after = history === null || isReadOnly ? history : next(history);
    if (after !== history) {
      store.setState({ history: after });
    }
  };
  const checkWritable = (): void => {
    if (store.getState().isReadOnly) {
      throw new AppError('store/locked', 'Take it over here to change it.');
    }
  };
  return {
    store,
    get current(): Project | null {
      return store.getState().history?.present ?? null;
    },
    /** `kept` is what undo and redo lead to from the start. */
    open: (project: Project | null, isReadOnly = false, kept: KeptHistory = NO_HISTORY): void => {
      const history = project === null ? null : { present: project, ...kept, mark: null };
      store.setState({ history, isReadOnly });
    },
    /** From now on it is only looked at. */
    lock: (): void => {
      store.setState({ isReadOnly: true });
    },
    /** Throws `store/locked` where the project is only looked at. */
    checkWritable,
    /** Does a command as one undoable step; throws what the command throws and then changes nothing; `store/locked`. */
    apply: (command: (project: Project) => Step): void => {
      checkWritable();
      change((history) => applyStep(history, command(history.present)));
    },
    /**
     * From here to `commit` all commands are one step, such as a drag; `cancel` takes them back. Nothing where the
     * project is only looked at: the first command of the drag says so.
     */
    begin: (label: string): void => {
      change((history) => (history.mark === null ? beginMark(history, label) : history));
    },
    commit: (): void => {
      change((history) => (history.mark === null ? history : commitMark(history)));
    },
    cancel: (): void => {
      change((history) => (history.mark === null ? history : cancelMark(history)));
    },
    /** To a place of the history's trail. */
    goTo: (place: number): void => {
      change((history) => goTo(history, place));
    },
    undo: (): void => {
      change(undo);
    },
    redo: (): void => {
      change(redo);
    },
  };
}

export type ProjectStore = ReturnType<typeof createProjectStore>;
