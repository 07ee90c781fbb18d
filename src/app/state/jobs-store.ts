import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';
import type { EditResult, JobEvent, JobProgress } from '../../protocol/engine.ts';
import type { Edit, Project } from '../../project/document.ts';
import { editKey } from '../edit-key.ts';
import { addFrames, NO_FRAMES, type FrameRanges } from '../frame-ranges.ts';

/** `paused` ones hold nothing of the engine: going on is a new run that keeps the finished frames. */
export type JobState =
  | 'waiting'
  | 'running'
  | 'pausing'
  | 'paused'
  | 'cancelling'
  | 'done'
  | 'cancelled'
  | 'failed';

export type Job = {
  readonly id: string;
  readonly kind: 'edit' | 'preview' | 'export';
  readonly title: string;
  readonly editId: string | null;
  /** Key of the pictures it makes (edit-key.ts); empty for exports. */
  readonly key: string;
  /** Frames it had to make when it began, and the bytes that one of them takes when stored; 0 for exports. */
  readonly frames: number;
  readonly frameBytes: number;
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
  /** The newest keys that have pictures, newest first, by edit id: shown, marked out of date, where a changed edit has none. */
  readonly latest: Readonly<Record<string, readonly string[]>>;
};

export function createJobs() {
  return createStore<JobsState>(() => ({ jobs: [], pictures: {}, latest: {} }));
}

export type Jobs = ReturnType<typeof createJobs>;

const UNDER_WAY: readonly JobState[] = ['waiting', 'running', 'pausing', 'cancelling'];

/** The engine has it. */
export function isUnderWay(job: Job): boolean {
  return UNDER_WAY.includes(job.state);
}

/** It has come to no end yet. */
export function isOpen(job: Job): boolean {
  return isUnderWay(job) || job.state === 'paused';
}

export function updateJob(jobs: Jobs, id: string, change: Partial<Job>): void {
  jobs.setState((state) => ({
    jobs: state.jobs.map((job) => (job.id === id ? { ...job, ...change } : job)),
  }));
}

/** Finished jobs that are kept for the list. */
const KEEP_FINISHED = 20;

/** Puts a job at the end of the queue; one that was in the list before moves there. */
export function addJob(jobs: Jobs, job: Job): void {
  jobs.setState((state) => {
    const others = state.jobs.filter(({ id }) => id !== job.id);
    const finished = others.filter((other) => !isOpen(other)).slice(-KEEP_FINISHED);
    return { jobs: [...finished, ...others.filter(isOpen), job] };
  });
}

/** Forgets what has come to its end. */
export function clearFinished(jobs: Jobs): void {
  jobs.setState((state) => ({ jobs: state.jobs.filter(isOpen) }));
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
    case 'reading':
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
  if (known === undefined || indices.length === 0) {
    return {};
  }
  const [newest] = state.latest[known.editId] ?? [];
  const latest =
    newest === job.key
      ? state.latest
      : { ...state.latest, [known.editId]: [job.key, ...(newest === undefined ? [] : [newest])] };
  const grown = { ...known, done: addFrames(known.done, indices) };
  return { pictures: { ...state.pictures, [job.key]: grown }, latest };
}

/** Frames per second of the last edit that ran; 0 while none has. */
export function lastRate(state: JobsState): number {
  const measured = state.jobs.findLast(
    (job) => job.kind === 'edit' && (job.progress?.framesPerSecond ?? 0) > 0,
  );
  return measured?.progress?.framesPerSecond ?? 0;
}

export type EditPictures = { readonly pictures: Pictures; readonly stale: boolean };

/** The pictures of an edit: its own, else (marked stale) the newest made before it was changed. */
export function picturesOf(
  state: JobsState,
  project: Project,
  editId: string,
): EditPictures | null {
  const key = editKey(project, editId);
  const own = state.pictures[key];
  if (own !== undefined && own.done.length > 0) {
    return { pictures: own, stale: false };
  }
  const old = oldPictures(state, editId, key);
  if (old !== undefined) {
    return { pictures: old, stale: true };
  }
  return own === undefined ? null : { pictures: own, stale: false };
}

function oldPictures(state: JobsState, editId: string, key: string): Pictures | undefined {
  const newest = state.latest[editId]?.find((other) => other !== key);
  return newest === undefined ? undefined : state.pictures[newest];
}

/**
 * What an export needs to know of finished pictures: one result for each edit that is switched on. `drawn` is the part
 * of the project that is shown.
 */
export function resultsOf(
  state: JobsState,
  project: Project,
  drawn: Project = project,
): readonly EditResult[] {
  return enabledEdits(drawn).flatMap((edit) => {
    const found = picturesOf(state, project, edit.id);
    return found === null ? [] : [toResult(found.pictures)];
  });
}

/**
 * The pictures that the viewer shows, best first for each edit that is switched on: while a changed edit runs again or
 * is paused, the old ones stay where it has no new ones yet. `drawn` is the part of the project that is shown.
 */
export function shownPictures(
  state: JobsState,
  project: Project,
  drawn: Project = project,
): readonly Pictures[] {
  return enabledEdits(drawn).flatMap((edit) => {
    const found = picturesOf(state, project, edit.id);
    if (found === null || found.stale) {
      return found === null ? [] : [found.pictures];
    }
    const key = editKey(project, edit.id);
    const isUnfinished = state.jobs.some((job) => job.key === key && isOpen(job));
    const old = isUnfinished ? oldPictures(state, edit.id, key) : undefined;
    return old === undefined ? [found.pictures] : [found.pictures, old];
  });
}

export function toResult({ editId, recipe, base, anchors }: Pictures): EditResult {
  return { editId, recipe, base, anchors };
}

function enabledEdits(project: Project): readonly Edit[] {
  return project.edits.filter((edit) => edit.enabled);
}
