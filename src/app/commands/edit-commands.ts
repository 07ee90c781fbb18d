import { AppError } from '../../base/error.ts';
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
import { frameRange } from '../../project/frames.ts';
import { readsPrompts, type App } from '../app.ts';
import { NO_TRAIL, recordStep } from '../draft-trail.ts';
import { STARTER_MODEL } from '../model-info.ts';
import { placeAtClipFrame } from '../playhead.ts';
import { selectedEdit } from '../selectors.ts';
import { isKnownWish } from '../starter-prompts.ts';
import { emptyDraft, type Draft, type OpenClip } from '../state/session-store.ts';
import type { MaskTool } from '../state/mask-store.ts';
import { shownProject } from '../viewer-link.ts';
import { runEdit, startRun } from './job-commands.ts';

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
    placeAtClipFrame(app, clip.id, frameRange(clip.times, edit.span).from);
  }
  app.session.setState({
    selectedEdit: edit.id,
    maskTool: null,
    draft: { ...emptyDraft(), span: draft.span },
    draftTrail: NO_TRAIL,
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

/** Id of a draft that is tried on one frame. */
const TRIAL = 'trial';

/** Shift+Enter: makes the frame under the playhead only, of the selected edit or of what is being typed. */
export async function previewFrame(app: App): Promise<void> {
  const { clip, draft, frame } = app.session.getState();
  const project = app.project.current;
  if (clip === null || project === null) {
    return;
  }
  if (draft.prompt.trim() !== '') {
    const trial = draftEdit(draft, clip, TRIAL, chosenSettings(app));
    if (!isShown(app, trial)) {
      return;
    }
    app.session.setState({ trial });
    await preview(app, shownProject(project, app.session.getState()), trial.id, frame);
    return;
  }
  const edit = selectedEdit(app);
  if (edit === null) {
    app.notices.fail(new AppError('prompt/empty'));
    return;
  }
  await previewEdit(app, edit.id);
}

/** The frame under the playhead of an edit of the project, whatever is being typed. */
export async function previewEdit(app: App, editId: string): Promise<void> {
  const project = app.project.current;
  const edit = project?.edits.find(({ id }) => id === editId);
  if (project !== null && edit !== undefined && isShown(app, edit)) {
    await preview(app, project, editId, app.session.getState().frame);
  }
}

/** Says so where the playhead is on none of the edit's frames. */
function isShown(app: App, { clipId, span }: Edit): boolean {
  const { clip, frame } = app.session.getState();
  const time = clip?.id === clipId ? clip.times[frame] : undefined;
  if (time !== undefined && inSpan(span, time)) {
    return true;
  }
  app.notices.fail(
    new AppError('edit/empty-span', 'The frame shown lies outside the span of this edit.'),
  );
  return false;
}

async function preview(app: App, project: Project, editId: string, frame: number): Promise<void> {
  const again = (): void => {
    void (editId === TRIAL ? previewFrame(app) : previewEdit(app, editId));
  };
  await startRun(app, { kind: 'preview', project, editId, onlyFrame: frame, again });
}

function inSpan(span: TimeSpan, time: number): boolean {
  return time >= span.from && time < span.to;
}

/** Changes the draft; a tried frame belongs to the old one and goes. */
export function changeDraft(app: App, change: Partial<Draft>): void {
  app.notices.clearErrors('prompt/empty');
  app.session.setState((state) => ({ draft: { ...state.draft, ...change }, trial: null }));
}

/** Gives the next edit another mask, as a step of undo. */
export function changeDraftMask(app: App, mask: MaskTrack | null, label: string): void {
  const { draft, draftTrail } = app.session.getState();
  if (mask !== draft.mask) {
    const step = { mask: draft.mask, label, document: app.project.current };
    changeDraft(app, { mask });
    app.session.setState({ draftTrail: recordStep(draftTrail, step) });
  }
}

/** Does a command as one undoable step; a refusal is said and changes nothing. */
export function dispatch(app: App, command: (project: Project) => Step): boolean {
  try {
    app.project.apply(command);
    // Redo leads to nothing that was before the newest step.
    app.session.setState(({ draftTrail }) =>
      draftTrail.future.length === 0 ? {} : { draftTrail: { ...draftTrail, future: [] } },
    );
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
    changeDraftMask(app, mask, mask === null ? 'Remove mask' : 'Change mask');
  } else {
    changeEdit(app, editId, { mask });
  }
  app.session.setState({ maskTool: null });
}

/** The next drag in the viewer draws a mask for the selected edit, else for the next one. */
export function startMask(app: App, shape: MaskTool, editId: string | null): void {
  pausePlayback(app);
  app.session.setState({ selectedEdit: editId, maskTool: { shape, editId } });
}

function pausePlayback(app: App): void {
  app.playback.pause();
  app.session.setState({ playing: false, rate: 1 });
}
