import { isCancelled, toAppError, type AppError } from '../../base/error.ts';
import type { Edit, Project } from '../../project/document.ts';
import type { EditRequest, EditSummary, JobEvent } from '../../protocol/engine.ts';
import { unknownEditWarning, type PromptReading } from '../../protocol/prompt-reading.ts';
import type { App } from '../app.ts';
import { editKey } from '../edit-key.ts';
import { editStatus } from '../edit-status.ts';
import { storedFrameBytes } from '../job-cost.ts';
import { frameCount } from '../progress-words.ts';
import { findClip } from '../sequence.ts';
import {
  addJob,
  applyJobEvent,
  isOpen,
  isUnderWay,
  updateJob,
  type Job,
} from '../state/jobs-store.ts';
import type { NoticeAction } from '../state/notices-store.ts';
import { lengthInWords } from '../time.ts';
import { openModels } from './model-commands.ts';
import { openSettings } from './settings-commands.ts';

/** Runs an edit of the project, or carries on where an earlier run stopped. */
export async function runEdit(app: App, editId: string): Promise<void> {
  const project = app.project.current;
  if (project !== null) {
    const again = (): void => {
      void runEdit(app, editId);
    };
    await startRun(app, { kind: 'edit', project, editId, onlyFrame: null, again });
  }
}

/** Runs all edits of the project that lack frames, lowest first: each builds on the one below. */
export function runAllEdits(app: App): void {
  const { clips } = app.session.getState();
  const project = app.project.current;
  if (project === null) {
    return;
  }
  for (const edit of project.edits.filter(({ enabled }) => enabled)) {
    const times = findClip(clips, edit.clipId)?.times ?? [];
    const { kind } = editStatus(app.jobs.getState(), project, edit, times);
    if (kind !== 'complete' && kind !== 'running') {
      void runEdit(app, edit.id);
    }
  }
}

/** After a reload or a crash: says which edits have only a part of their frames, and offers to make the rest. */
export function offerRest(app: App): void {
  const { clips } = app.session.getState();
  const project = app.project.current;
  const begun = (project?.edits ?? []).flatMap((edit) => {
    const times = findClip(clips, edit.clipId)?.times ?? [];
    const status = project === null ? null : editStatus(app.jobs.getState(), project, edit, times);
    return edit.enabled && status?.kind === 'partial' ? [{ edit, status }] : [];
  });
  const [first] = begun;
  if (first === undefined) {
    return;
  }
  const { edit, status } = first;
  const words =
    begun.length === 1
      ? `“${edit.prompt}” has ${status.done} of its ${status.frames} frames; they are kept.`
      : `${begun.length} edits have a part of their frames; those are kept.`;
  const rest = {
    label: 'Run the rest',
    run: () => {
      runAllEdits(app);
    },
  };
  app.notices.say('info', words, [rest]);
}

/** What helps an edit that lacks what it is made from. */
export const RUN_ALL = 'Run all edits';

export type Run = {
  readonly kind: 'edit' | 'preview';
  readonly project: Project;
  readonly editId: string;
  /** Of a preview. */
  readonly onlyFrame: number | null;
  /** What 'Try again' does. */
  again(): void;
};

/** Queues a run. One of the same edit that is under way already is enough; one that is paused goes on. */
export async function startRun(app: App, run: Run): Promise<void> {
  const { kind, project, editId, onlyFrame } = run;
  const edit = project.edits.find((one) => one.id === editId);
  const clip = findClip(app.session.getState().clips, edit?.clipId ?? '');
  const key = editKey(project, editId);
  const same = app.jobs
    .getState()
    .jobs.find((job) => isOpen(job) && job.key === key && job.kind === kind);
  if (
    clip === undefined ||
    edit === undefined ||
    (same !== undefined && isUnderWay(same) && kind === 'edit')
  ) {
    return;
  }
  try {
    app.project.checkWritable();
  } catch (error) {
    app.notices.fail(error);
    return;
  }
  app.notices.clearErrors();
  const id = same?.state === 'paused' ? same.id : crypto.randomUUID();
  const status = editStatus(app.jobs.getState(), project, edit, clip.times);
  addJob(app.jobs, {
    id,
    kind,
    title: edit.prompt,
    editId,
    key,
    frames: onlyFrame === null ? status.frames - (status.kind === 'old' ? 0 : status.done) : 1,
    frameBytes: storedFrameBytes(edit.settings.size),
    state: 'waiting',
    progress: null,
    error: null,
  });
  const request: EditRequest = { jobId: id, source: clip.file, project, editId };
  try {
    const summary = await perform(
      app,
      onlyFrame === null ? request : { ...request, onlyFrame },
      (event) => {
        // A preview's prompt is still in the prompt bar, which says the same.
        if (event.kind === 'reading' && kind === 'edit') {
          warn(app, event.reading, edit.prompt);
        }
      },
      abortOf(app, id),
    );
    updateJob(app.jobs, id, { state: 'done' });
    if (kind === 'edit') {
      app.notices.say('done', doneSentence(edit, summary));
    }
  } catch (error) {
    endEarly(app, id, run, error);
  } finally {
    app.aborts.delete(id);
  }
}

function abortOf(app: App, jobId: string): AbortSignal {
  const abort = new AbortController();
  app.aborts.set(jobId, abort);
  abort.signal.addEventListener('abort', () => {
    updateJob(app.jobs, jobId, { state: 'cancelling' });
  });
  return abort.signal;
}

/** Runs a job; one that was still waiting when the engine ended is started again, once. */
async function perform(
  app: App,
  request: EditRequest,
  alsoHears: (event: JobEvent) => void,
  signal: AbortSignal,
): Promise<EditSummary> {
  const { jobId } = request;
  const onEvent = (event: JobEvent): void => {
    alsoHears(event);
    const text = applyJobEvent(app.jobs, jobId, event);
    if (text !== null) {
      app.notices.say('info', text);
    }
  };
  try {
    return await app.engine.edit(request, onEvent, signal);
  } catch (error) {
    const wasWaiting = jobOf(app, jobId)?.state === 'waiting';
    if (wasWaiting && toAppError(error, 'engine/run-failed').code === 'engine/crashed') {
      return await app.engine.edit(request, onEvent, signal);
    }
    throw error;
  }
}

/** Says what of a prompt the model can't make. The run goes on. */
function warn(app: App, reading: PromptReading, prompt: string): void {
  const openModelList = () => {
    openModels(app);
  };
  const warning = unknownEditWarning(reading, prompt);
  if (warning !== null) {
    const bringOneIn = { label: 'Models…', run: openModelList };
    app.notices.say('warning', warning.message, [bringOneIn], warning.code);
  }
}

function endEarly(app: App, id: string, run: Run, error: unknown): void {
  const known = toAppError(error, 'engine/run-failed');
  const isPausing = jobOf(app, id)?.state === 'pausing';
  // An engine that dies while a job is being paused has done what was asked for: finished frames are kept.
  if (isPausing && (isCancelled(known) || known.code === 'engine/crashed')) {
    updateJob(app.jobs, id, { state: 'paused' });
  } else if (isCancelled(known)) {
    updateJob(app.jobs, id, { state: 'cancelled' });
  } else {
    updateJob(app.jobs, id, { state: 'failed', error: known });
    app.notices.fail(known, remedies(app, run, known));
  }
}

function remedies(app: App, run: Run, { code }: AppError): readonly NoticeAction[] {
  if (code === 'edit/below-missing') {
    const runAll = () => {
      runAllEdits(app);
    };
    return [{ label: RUN_ALL, run: runAll }];
  }
  const again = { label: 'Try again', run: run.again };
  const freeSpace = () => {
    openSettings(app);
  };
  return code === 'store/quota' ? [again, { label: 'Free space…', run: freeSpace }] : [again];
}

function doneSentence(edit: Edit, summary: EditSummary): string {
  const { edited, reused, seconds } = summary;
  const kept =
    reused === 0 ? '' : ` ${reused} ${reused === 1 ? 'was' : 'were'} finished before and kept.`;
  return `“${edit.prompt}” is done: ${frameCount(edited)} in ${lengthInWords(seconds)}.${kept}`;
}

function jobOf(app: App, id: string): Job | undefined {
  return app.jobs.getState().jobs.find((job) => job.id === id);
}

/** Whether a job can be stopped and go on later: exports are one piece, previews too short. */
export function canPause(job: Job): boolean {
  return job.kind === 'edit' && (job.state === 'waiting' || job.state === 'running');
}

/** Stops a job at its next step, without force. Finished frames are kept, the model stays loaded. */
export function pauseJob(app: App, jobId: string): void {
  const job = jobOf(app, jobId);
  if (job !== undefined && canPause(job)) {
    updateJob(app.jobs, jobId, { state: 'pausing' });
    app.engine.stop(jobId);
  }
}

/** A paused job takes its place at the end of the queue and makes the frames that are missing. */
export function resumeJob(app: App, jobId: string): void {
  const job = jobOf(app, jobId);
  if (job?.state === 'paused' && job.editId !== null) {
    void runEdit(app, job.editId);
  }
}

/** The space bar of jobs: pauses all that run and wait, or lets all paused ones go on. */
export function togglePaused(app: App): void {
  const { jobs } = app.jobs.getState();
  const running = jobs.filter(canPause);
  if (running.length > 0) {
    running.forEach(({ id }) => {
      pauseJob(app, id);
    });
  } else {
    jobs.forEach(({ id }) => {
      resumeJob(app, id);
    });
  }
}

export function cancelJob(app: App, jobId: string): void {
  if (jobOf(app, jobId)?.state === 'paused') {
    updateJob(app.jobs, jobId, { state: 'cancelled' });
  }
  app.aborts.get(jobId)?.abort();
}

/** What Esc stops: the newest job under way. Returns whether there was one. */
export function cancelNewest(app: App): boolean {
  const job = app.jobs
    .getState()
    .jobs.findLast((one) => one.state !== 'cancelling' && isUnderWay(one));
  if (job === undefined) {
    return false;
  }
  cancelJob(app, job.id);
  return true;
}

/** Selects what a job is about: its edit, or the dialog of the export. */
export function showJob(app: App, job: Job): void {
  app.session.setState(job.kind === 'export' ? { dialog: 'export' } : { selectedEdit: job.editId });
}
