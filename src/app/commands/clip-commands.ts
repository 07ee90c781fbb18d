import { checkAborted } from '../../base/abort.ts';
import { AppError, isCancelled, toAppError } from '../../base/error.ts';
import { addClip, createProject } from '../../project/commands.ts';
import type { Clip, Project } from '../../project/document.ts';
import type { ClipInfo } from '../../protocol/media.ts';
import type { PreviewedClip } from '../../protocol/preview.ts';
import type { App } from '../app.ts';
import { rememberProject } from '../last-project.ts';
import { emptyDraft, type OpenClip } from '../state/session-store.ts';
import { firstName, type StoredWork } from '../stored-work.ts';
import { runDraft } from './edit-commands.ts';
import { leaveProject, startSaving } from './saving-commands.ts';

export const SAMPLE = {
  path: 'samples/meadow.webm',
  name: 'meadow.webm',
  attribution:
    'Big Buck Bunny, (c) copyright 2008, Blender Foundation / www.bigbuckbunny.org, CC BY 3.0; modified (trimmed, scaled, re-encoded).',
} as const;

/** Offered by file pickers first; anything may be dropped. */
export const VIDEO_FILES = ['video/*', '.mkv', '.avi', '.mov', '.ts', '.flv', '.wmv', '.mpg'];

/** Clips longer than this start with a short span: a person who presses Enter should not wait for hours. */
const LONG_CLIP_US = 120e6;
const FIRST_SPAN_US = 10e6;

/** A file was dropped or chosen: opened at once, or after a word where changes could not be saved. */
export function offerFile(app: App, file: File): void {
  // Whoever turns to another file has given up looking for the missing one.
  app.projects.setState({ missing: null });
  replaceWith(app, file);
}

/** Leaves the clip for the start screen, after a word where changes could not be saved. */
export function leaveClip(app: App): void {
  replaceWith(app, null);
}

function replaceWith(app: App, file: File | null): void {
  if (app.saving.getState().kind === 'failed') {
    app.session.setState({ replacement: { file } });
  } else {
    acceptReplacement(app, file);
  }
}

/** The word was given. */
export function acceptReplacement(app: App, file: File | null): void {
  app.session.setState({ replacement: null });
  void (file === null ? closeClip(app) : openFile(app, file));
}

/** Opens a file in place of what is open; on failure everything stays as it was. */
async function openFile(app: App, file: File): Promise<void> {
  await open(app, { name: file.name, attribution: null, load: () => Promise.resolve(file) });
}

type Opening = {
  readonly name: string;
  readonly attribution: string | null;
  /** Run once the clip is open. */
  readonly prompt?: string | undefined;
  /** A project that was saved; a new one otherwise. */
  readonly stored?: StoredWork;
  load(signal: AbortSignal): Promise<File>;
};

/** One opening at a time: a newer one ends this one wherever it is. Returns whether the clip is open. */
export async function open(app: App, opening: Opening): Promise<boolean> {
  const { name, attribution, stored } = opening;
  app.opening?.abort();
  const abort = new AbortController();
  const { signal } = abort;
  app.opening = abort;
  app.session.setState({ phase: { kind: 'opening', name, sample: attribution !== null } });
  try {
    const file = await opening.load(signal);
    const opened = shownClip(app, stored) ?? (await app.preview.open(file, signal));
    if (stored !== undefined) {
      checkSameFile(opened.info, stored.clip);
    }
    await leaveProject(app);
    checkAborted(signal);
    const id = stored?.clip.id ?? crypto.randomUUID();
    showClip(app, { ...opened, id, file, attribution }, opening);
    return true;
  } catch (error) {
    if (!isCancelled(error)) {
      app.notices.fail(error);
    }
    if (app.opening === abort) {
      await reopen(app);
    }
    return false;
  } finally {
    if (app.opening === abort) {
      app.opening = null;
    }
  }
}

/** A project that is taken over, or a copy, has the clip that is open already: the viewer keeps it. */
function shownClip(app: App, stored: StoredWork | undefined): PreviewedClip | null {
  const { clip } = app.session.getState();
  return clip !== null && clip.info.fingerprint === stored?.clip.fingerprint ? clip : null;
}

function checkSameFile(info: ClipInfo, clip: Clip): void {
  if (info.fingerprint !== clip.fingerprint) {
    throw new AppError('media/other-file', `It needs “${clip.name}” (${clip.bytes} bytes).`);
  }
}

/** The worker may have let go of the clip that was open: hand it back. */
async function reopen(app: App): Promise<void> {
  const { clip } = app.session.getState();
  if (clip === null) {
    app.session.setState({ phase: { kind: 'start' } });
    return;
  }
  app.session.setState({ phase: { kind: 'editing' } });
  try {
    await app.preview.open(clip.file, new AbortController().signal);
  } catch (error) {
    app.notices.fail(error);
  }
}

function showClip(app: App, clip: OpenClip, { prompt, stored }: Opening): void {
  cancelAllJobs(app);
  app.notices.clear();
  app.thumbnails.clear();
  app.playback.load(clip.file, clip.soundStart);
  const isLong = clip.info.duration > LONG_CLIP_US && stored === undefined;
  const draft = {
    ...emptyDraft(),
    prompt: prompt ?? '',
    span: isLong ? { from: 0, to: FIRST_SPAN_US } : null,
  };
  app.jobs.setState({ jobs: [], ...(stored?.pictures ?? { pictures: {}, latest: {} }) });
  app.project.open(stored?.saved.project ?? newProject(clip), stored?.canWrite === false);
  app.session.setState({
    phase: { kind: 'editing' },
    clip,
    frame: 0,
    playing: false,
    rate: 1,
    selectedEdit: null,
    draft,
    trial: null,
    maskTool: null,
    shown: null,
    zoom: 1,
  });
  startSaving(app, clip, stored ?? null);
  for (const text of clip.info.notices) {
    app.notices.say('info', text);
  }
  if (isLong) {
    app.notices.say(
      'info',
      'This is a long clip, so the first edit covers its first 10 seconds. Drag on the clip, or press I and O, to choose another part.',
    );
  }
  if (prompt !== undefined) {
    runDraft(app);
  }
}

function newProject(clip: OpenClip): Project {
  const { name, bytes, fingerprint } = clip.info;
  const empty = createProject(crypto.randomUUID(), firstName(name));
  return addClip(empty, { clip: { id: clip.id, name, bytes, fingerprint } }).project;
}

/** Opens the clip that comes with the app; with a prompt it is edited at once. */
export async function openSample(app: App, prompt?: string): Promise<void> {
  const { name, attribution } = SAMPLE;
  await open(app, { name, attribution, prompt, load: fetchSample });
}

async function fetchSample(signal: AbortSignal): Promise<File> {
  try {
    const response = await fetch(new URL(SAMPLE.path, document.baseURI), { signal });
    if (!response.ok) {
      throw new AppError('media/not-a-video', `The sample answered ${response.status}.`);
    }
    return new File([await response.blob()], SAMPLE.name, { type: 'video/webm' });
  } catch (error) {
    throw toAppError(error, 'media/not-a-video');
  }
}

export function cancelOpening(app: App): void {
  app.opening?.abort();
}

/** Back to the start screen. */
async function closeClip(app: App): Promise<void> {
  await leaveProject(app);
  rememberProject(null);
  cancelAllJobs(app);
  app.playback.unload();
  app.thumbnails.clear();
  app.project.open(null);
  app.session.setState({ phase: { kind: 'start' }, clip: null, trial: null, selectedEdit: null });
  await app.preview.close();
}

function cancelAllJobs(app: App): void {
  for (const abort of app.aborts.values()) {
    abort.abort();
  }
}
