import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';
import type { EditResult, JobEvent, JobProgress } from '../../protocol/engine.ts';
import type { Edit, Project } from '../../project/document.ts';
import { editKey } from '../edit-key.ts';
import { addFrames, NO_FRAMES, type FrameRanges } from '../frame-ranges.ts';

export type JobState = 'waiting' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';

export type Job = {
  readonly id: string;
  readonly kind: 'edit' | 'preview' | 'export';
  readonly title: string;
  readonly editId: string | null;
  /** Key of the pictures it makes (edit-key.ts); empty for exports. */
  readonly key: string;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  readonly error: AppError | null;
};

/** Stored pictures of one recipe: which frames of the clip are finished, and where its anchors sit. */
export type Pictures = {
  readonly editId: string;
  readonly recipe: string;
  readonly base: string;
  readonly anchors: readonly number[];
  readonly done: FrameRanges;
};

export type JobsState = {
  readonly jobs: readonly Job[];
  /** By edit key, so that undo finds the pictures of the state it goes back to. */
  readonly pictures: Readonly<Record<string, Pictures>>;
  /** Newest key that has pictures, by edit id: shown, marked out of date, until a changed edit is run again. */
  readonly latest: Readonly<Record<string, string>>;
};

export function createJobs() {
  return createStore<JobsState>(() => ({ jobs: [], pictures: {}, latest: {} }));
}

export type Jobs = ReturnType<typeof createJobs>;

export function isUnderWay(job: Job): boolean {
  return job.state === 'waiting' || job.state === 'running' || job.state === 'cancelling';
}

export function updateJob(jobs: Jobs, id: string, change: Partial<Job>): void {
  jobs.setState((state) => ({
    jobs: state.jobs.map((job) => (job.id === id ? { ...job, ...change } : job)),
  }));
}

/** Finished jobs that are kept for the list. */
const KEEP_FINISHED = 20;

export function addJob(jobs: Jobs, job: Job): void {
  jobs.setState((state) => {
    const finished = state.jobs.filter((other) => !isUnderWay(other)).slice(-KEEP_FINISHED);
    return { jobs: [...finished, ...state.jobs.filter(isUnderWay), job] };
  });
}

/** Takes in what a job says; returns the notice it carried, if any. */
export function applyJobEvent(jobs: Jobs, jobId: string, event: JobEvent): string | null {
  const job = jobs.getState().jobs.find((one) => one.id === jobId);
  if (job === undefined) {
    return null;
  }
  switch (event.kind) {
    case 'progress':
      updateJob(jobs, jobId, {
        progress: event.progress,
        ...(job.state === 'waiting' ? { state: 'running' as const } : {}),
      });
      return null;
    case 'recipe':
      jobs.setState((state) => pictureStart(state, job, event));
      return null;
    case 'frames':
      jobs.setState((state) => pictureFrames(state, job, event.indices));
      return null;
    case 'notice':
      return event.text;
  }
}

function pictureStart(
  state: JobsState,
  job: Job,
  event: Extract<JobEvent, { kind: 'recipe' }>,
): Partial<JobsState> {
  const editId = job.editId ?? '';
  const known = state.pictures[job.key];
  const done = known?.recipe === event.recipe ? known.done : NO_FRAMES;
  const { recipe, base, anchors } = event;
  return { pictures: { ...state.pictures, [job.key]: { editId, recipe, base, anchors, done } } };
}

function pictureFrames(state: JobsState, job: Job, indices: readonly number[]): Partial<JobsState> {
  const known = state.pictures[job.key];
  if (known === undefined) {
    return {};
  }
  const grown = { ...known, done: addFrames(known.done, indices) };
  return {
    pictures: { ...state.pictures, [job.key]: grown },
    latest: { ...state.latest, [known.editId]: job.key },
  };
}

/** Frames per second of the last edit that ran; 0 while none has. */
export function lastRate(state: JobsState): number {
  const measured = state.jobs.findLast(
    (job) => job.kind === 'edit' && (job.progress?.framesPerSecond ?? 0) > 0,
  );
  return measured?.progress?.framesPerSecond ?? 0;
}

export type EditPictures = { readonly pictures: Pictures; readonly stale: boolean };

/** The pictures to show for an edit: its own, else the newest made before it was changed. */
export function picturesOf(
  state: JobsState,
  project: Project,
  editId: string,
): EditPictures | null {
  const own = state.pictures[editKey(project, editId)];
  if (own !== undefined && own.done.length > 0) {
    return { pictures: own, stale: false };
  }
  const old = state.pictures[state.latest[editId] ?? ''];
  if (old !== undefined && own === undefined) {
    return { pictures: old, stale: true };
  }
  return own === undefined ? null : { pictures: own, stale: false };
}

/** What viewer and export need to know of finished pictures, for the edits that are switched on. */
export function resultsOf(state: JobsState, project: Project): readonly EditResult[] {
  return project.edits
    .filter((edit: Edit) => edit.enabled)
    .flatMap((edit) => {
      const found = picturesOf(state, project, edit.id);
      const { recipe, base } = found?.pictures ?? {};
      return recipe === undefined || base === undefined ? [] : [{ editId: edit.id, recipe, base }];
    });
}
