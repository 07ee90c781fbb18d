import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { App } from '../app/app.ts';
import type { EngineState } from '../app/state/engine-store.ts';
import type { JobsState } from '../app/state/jobs-store.ts';
import type { SessionState } from '../app/state/session-store.ts';
import type { Project } from '../project/document.ts';
import type { History } from '../project/history.ts';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) {
    throw new Error('AppContext is missing');
  }
  return app;
}

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useApp().session, select);
}

export function useJobs<T>(select: (state: JobsState) => T): T {
  return useStore(useApp().jobs, select);
}

export function useEngine<T>(select: (state: EngineState) => T): T {
  return useStore(useApp().engineState, select);
}

export function useHistory(): History | null {
  return useStore(useApp().project.store, (state) => state.history);
}

/** The whole document: whoever reads it is drawn anew at every change. */
export function useProject(): Project | null {
  return useStore(useApp().project.store, (state) => state.history?.present ?? null);
}

/** A part of it; null where nothing is open. */
export function useOfProject<T>(select: (project: Project) => T): T | null {
  return useStore(useApp().project.store, ({ history }) =>
    history === null ? null : select(history.present),
  );
}
