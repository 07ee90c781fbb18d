import type { App } from './app.ts';
import { isUnderWay, type Job } from './state/jobs-store.ts';

/** `42 % · meadow – Deltacut`: a long job can be followed from another tab. */
export function pageTitle(projectName: string | null, jobs: readonly Job[]): string {
  const name = projectName === null ? 'Deltacut' : `${projectName} – Deltacut`;
  const progress = jobs.find(isUnderWay)?.progress ?? null;
  const isCounted = progress !== null && progress.unit === 'frames' && progress.total > 0;
  return isCounted ? `${Math.floor((progress.done / progress.total) * 100)} % · ${name}` : name;
}

export function showProgressInTitle(app: App): void {
  const update = (): void => {
    const title = pageTitle(app.project.current?.name ?? null, app.jobs.getState().jobs);
    if (document.title !== title) {
      document.title = title;
    }
  };
  app.jobs.subscribe(update);
  app.project.store.subscribe(update);
}
