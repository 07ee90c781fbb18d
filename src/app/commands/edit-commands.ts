import { AppError, isCancelled, toAppError } from '../../base/error.ts';
import type { TimeSpan } from '../../base/units.ts';
import {
  addEdit,
  moveEdit,
  removeEdit as removeEditStep,
  setEnabled,
  updateEdit,
  type EditChange,
  type Step,
} from '../../project/commands.ts';
import type { Edit, EditSettings, MaskTrack, Project } from '../../project/document.ts';
import type { EditRequest, EditSummary, JobEvent } from '../../protocol/engine.ts';
import { unknownEditWarning, type PromptReading } from '../../protocol/prompt-reading.ts';
import { frameRange } from '../../project/frames.ts';
import { readsPrompts, type App } from '../app.ts';
import { editKey } from '../edit-key.ts';
import { STARTER_MODEL } from '../model-info.ts';
import { selectedEdit } from '../selectors.ts';
import { isKnownWish } from '../starter-prompts.ts';
import { addJob, applyJobEvent, isUnderWay, updateJob } from '../state/jobs-store.ts';
import { emptyDraft, type Draft, type MaskShape, type OpenClip } from '../state/session-store.ts';
import { lengthInWords } from '../time.ts';
import { shownProject } from '../viewer-link.ts';

/** Until the model is known: the starter's. */
const STARTER_SETTINGS = { model: STARTER_MODEL, steps: 2, size: 256 };

type ModelSettings = Pick<EditSettings, 'model' | 'steps' | 'size'>;

/** What the model that is chosen for new edits asks for. */
function chosenSettings(app: App): ModelSettings {
  const { model } = app.engineState.getState();
  return model.kind === 'ready'
    ? { model: model.info.id, steps: model.info.steps, size: model.info.defaultSize }
    : STARTER_SETTINGS;
}

/** The edit that the prompt bar describes. */
export function draftEdit(
  draft: Draft,
  clip: OpenClip,
  id: string,
  model: ModelSettings = STARTER_SETTINGS,
): Edit {
  const span = draft.span ?? { from: 0, to: clip.info.duration };
  return {
    id,
    clipId: clip.id,
    enabled: true,
    span,
    prompt: draft.prompt.trim(),
    promptKind: 'delta',
    negative: '',
    settings: { ...model, strength: 1, anchors: 4, mode: 'swap', seed: draft.seed },
    amount: [{ time: span.from, value: 1 }],
    mask: draft.mask,
  };
}

/** Enter in the prompt bar: makes an edit of what its chips show and runs it. Says why when it can't. */
export function runDraft(app: App): boolean {
  const { clip, draft } = app.session.getState();
  if (clip === null) {
    return false;
  }
  if (draft.prompt.trim() === '') {
    app.notices.fail(new AppError('prompt/empty'));
    return false;
  }
  const edit = draftEdit(draft, clip, crypto.randomUUID(), chosenSettings(app));
  app.session.setState({ trial: null });
  if (!dispatch(app, (project) => addEdit(project, { edit }))) {
    return false;
  }
  if (!inSpan(edit.span, clip.times[app.session.getState().frame] ?? 0)) {
    // The first results should be seen as they come.
    app.session.setState({ frame: frameRange(clip.times, edit.span).from });
  }
  app.session.setState({
    selectedEdit: edit.id,
    maskTool: null,
    draft: { ...emptyDraft(), span: draft.span },
  });
  // A model that reads prompts says better itself what it does not know, as the first thing of its run.
  const isUnread = !readsPrompts(app.engineState.getState());
  if (isUnread && edit.settings.model === STARTER_MODEL && !isKnownWish(edit.prompt)) {
    app.notices.say(
      'warning',
      `The starter model was not trained on “${edit.prompt}”, so it may change little. It knows light, weather, seasons, styles and colours.`,
    );
  }
  void runEdit(app, edit.id);
  return true;
}

/** Runs an edit of the project, or carries on where an earlier run stopped. */
export async function runEdit(app: App, editId: string): Promise<void> {
  const project = app.project.current;
  if (project !== null) {
    await runJob(app, 'edit', project, editId, null);
  }
}

/** Shift+Enter: makes the frame under the playhead only, of the selected edit or of what is being typed. */
export async function previewFrame(app: App): Promise<void> {
  const { clip, draft, frame } = app.session.getState();
  const project = app.project.current;
  if (clip === null || project === null) {
    return;
  }
  if (draft.prompt.trim() !== '') {
    const trial = draftEdit(draft, clip, 'trial', chosenSettings(app));
    if (!(clip.times[frame] !== undefined && inSpan(trial.span, clip.times[frame]))) {
      app.notices.fail(
        new AppError('edit/empty-span', 'The frame shown lies outside the span of this edit.'),
      );
      return;
    }
    app.session.setState({ trial });
    await runJob(app, 'preview', shownProject(project, app.session.getState()), 'trial', frame);
    return;
  }
  const edit = selectedEdit(app);
  if (edit === null) {
    app.notices.fail(new AppError('prompt/empty'));
    return;
  }
  await runJob(app, 'preview', project, edit.id, frame);
}

function inSpan(span: TimeSpan, time: number): boolean {
  return time >= span.from && time < span.to;
}

async function runJob(
  app: App,
  kind: 'edit' | 'preview',
  project: Project,
  editId: string,
  onlyFrame: number | null,
): Promise<void> {
  const { clip } = app.session.getState();
  const edit = project.edits.find((one) => one.id === editId);
  const key = editKey(project, editId);
  const isRunning = app.jobs
    .getState()
    .jobs.some((job) => isUnderWay(job) && job.key === key && job.kind === kind);
  if (clip === null || edit === undefined || (isRunning && kind === 'edit')) {
    return;
  }
  try {
    app.project.checkWritable();
  } catch (error) {
    app.notices.fail(error);
    return;
  }
  app.notices.clearErrors();
  const id = crypto.randomUUID();
  const title = edit.prompt;
  const fresh = { state: 'waiting', progress: null, error: null } as const;
  addJob(app.jobs, { id, kind, title, editId, key, ...fresh });
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
    endFailed(app, id, editId, kind, error);
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
    const wasWaiting = app.jobs
      .getState()
      .jobs.some((job) => job.id === jobId && job.state === 'waiting');
    if (wasWaiting && toAppError(error, 'engine/run-failed').code === 'engine/crashed') {
      return await app.engine.edit(request, onEvent, signal);
    }
    throw error;
  }
}

/** Says what of a prompt the model can't make. The run goes on. */
function warn(app: App, reading: PromptReading, prompt: string): void {
  const warning = unknownEditWarning(reading, prompt);
  if (warning !== null) {
    app.notices.say('warning', warning.message, [], warning.code);
  }
}

function endFailed(
  app: App,
  id: string,
  editId: string,
  kind: 'edit' | 'preview',
  error: unknown,
): void {
  const known = toAppError(error, 'engine/run-failed');
  if (isCancelled(known)) {
    updateJob(app.jobs, id, { state: 'cancelled' });
    return;
  }
  updateJob(app.jobs, id, { state: 'failed', error: known });
  const retry = {
    label: 'Try again',
    run: () => {
      void (kind === 'edit' ? runEdit(app, editId) : previewFrame(app));
    },
  };
  app.notices.fail(known, [retry]);
}

function doneSentence(edit: Edit, summary: EditSummary): string {
  const frames = `${summary.edited} ${summary.edited === 1 ? 'frame' : 'frames'}`;
  const reused = summary.reused > 0 ? ` ${summary.reused} were finished before and kept.` : '';
  return `“${edit.prompt}” is done: ${frames} in ${lengthInWords(summary.seconds)}.${reused}`;
}

export function cancelJob(app: App, jobId: string): void {
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

/** Changes the draft; a tried frame belongs to the old one and goes. */
export function changeDraft(app: App, change: Partial<Draft>): void {
  app.notices.clearErrors('prompt/empty');
  app.session.setState((state) => ({ draft: { ...state.draft, ...change }, trial: null }));
}

/** Does a command as one undoable step; a refusal is said and changes nothing. */
export function dispatch(app: App, command: (project: Project) => Step): boolean {
  try {
    app.project.apply(command);
    return true;
  } catch (error) {
    app.notices.fail(error);
    return false;
  }
}

/** Changes an edit of the project. Pictures of the old state stay, marked out of date. */
export function changeEdit(app: App, editId: string, change: EditChange): void {
  dispatch(app, (project) => updateEdit(project, { editId, change }));
}

export function changeSpan(app: App, editId: string, span: TimeSpan): void {
  dispatch(app, (project) => moveEdit(project, { editId, span }));
}

export function switchEdit(app: App, editId: string, enabled: boolean): void {
  dispatch(app, (project) => setEnabled(project, { editId, enabled }));
}

export function removeEdit(app: App, editId: string): void {
  dispatch(app, (project) => removeEditStep(project, { editId }));
  app.session.setState((state) => (state.selectedEdit === editId ? { selectedEdit: null } : {}));
}

/** Gives a mask to an edit, or with null to the next one. */
export function setMask(app: App, editId: string | null, mask: MaskTrack | null): void {
  if (editId === null) {
    changeDraft(app, { mask });
  } else {
    changeEdit(app, editId, { mask });
  }
  app.session.setState({ maskTool: null });
}

/** The next drag in the viewer draws a mask for the selected edit, else for the next one. */
export function startMask(app: App, shape: MaskShape, editId: string | null): void {
  pausePlayback(app);
  app.session.setState({ maskTool: { shape, editId } });
}

function pausePlayback(app: App): void {
  app.playback.pause();
  app.session.setState({ playing: false, rate: 1 });
}
