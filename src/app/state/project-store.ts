import { createStore } from 'zustand/vanilla';
import type { Step } from '../../project/commands.ts';
import type { Project } from '../../project/document.ts';
import { applyStep, createHistory, redo, undo, type History } from '../../project/history.ts';

export type ProjectState = { readonly history: History | null };

/** The open document and where it has been. */
export function createProjectStore() {
  const store = createStore<ProjectState>(() => ({ history: null }));
  const change = (next: (history: History) => History): void => {
    const { history } = store.getState();
    const after = history === null ? null : next(history);
    if (after !== history) {
      store.setState({ history: after });
    }
  };
  return {
    store,
    get current(): Project | null {
      return store.getState().history?.present ?? null;
    },
    open: (project: Project | null): void => {
      store.setState({ history: project === null ? null : createHistory(project) });
    },
    /** Does a command as one undoable step; throws what the command throws and then changes nothing. */
    apply: (command: (project: Project) => Step): void => {
      change((history) => applyStep(history, command(history.present)));
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
