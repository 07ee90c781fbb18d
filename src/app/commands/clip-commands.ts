import { checkAborted } from '../../base/abort.ts';
import { must } from '../../base/assert.ts';
import { AppError, isCancelled, toAppError } from '../../base/error.ts';
import { addClip, createProject } from '../../project/commands.ts';
import type { Clip, Project } from '../../project/document.ts';
import { fitPieces } from '../../project/piece-commands.ts';
import { NO_HISTORY, reachable, type KeptHistory } from '../../project/saved-history.ts';
import type { ClipInfo } from '../../protocol/media.ts';
import type { PreviewedClip } from '../../protocol/preview.ts';
import type { App } from '../app.ts';
import { NO_TRAIL } from '../draft-trail.ts';
import { rememberProject } from '../last-project.ts';
import { openAll } from '../open-clips.ts';
import { pickFiles } from '../pick-files.ts';
import { placeAtTime } from '../playhead.ts';
import { hasWork, restoredDraft } from '../saved-draft.ts';
import type { OpenClip } from '../state/session-store.ts';
import { firstName, otherFile, type StoredWork } from '../stored-work.ts';
import { WHOLE_PICTURE } from '../view-zoom.ts';
import { addFiles, clipOf } from './add-clips.ts';
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

/** A file was chosen: opened at once, or after a word where changes could not be saved. */
export function offerFile(app: App, file: File): void {
  // Whoever turns to another file has given up looking for the missing one.
  app.projects.setState({ missing: null });
  replaceWith(app, file);
}

/** Asks for a file and opens it in place of what is open. */
export async function openAnother(app: App): Promise<void> {
  const [file] = await pickFiles(VIDEO_FILES, { several: false });
  if (file !== undefined) {
    offerFile(app, file);
  }
}

/** Asks for files and puts them at the end of the sequence. */
export async function addPicked(app: App): Promise<void> {
  dropFiles(app, await pickFiles(VIDEO_FILES, { several: true }));
}

/** Files were dropped on the page: into the open project at its end, else the first one opens and the rest follow it. */
export function dropFiles(app: App, files: readonly File[]): void {
  const [first, ...rest] = files;
  if (first === undefined) {
    return;
  }
  if (app.session.getState().clip !== null) {
    void addFiles(app, files);
    return;
  }
  app.projects.setState({ missing: null });
  void openFile(app, first).then((isOpen) => (isOpen ? addFiles(app, rest) : undefined));
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
function openFile(app: App, file: File): Promise<boolean> {
  return open(app, { name: file.name, attribution: null, load: () => Promise.resolve([file]) });
}

type Opening = {
  readonly name: string;
  readonly attribution: string | null;
  /** Run once the clip is open. */
  readonly prompt?: string | undefined;
  /** A project that was saved; a new one otherwise. */
  readonly stored?: StoredWork;
  /** The files of its clips, in order. */
  load(signal: AbortSignal): Promise<readonly File[]>;
};

/** One opening at a time: a newer one ends this one wherever it is. Returns whether the clip is open. */
export async function open(app: App, opening: Opening): Promise<boolean> {
  const { name, attribution } = opening;
  app.opening?.abort();
  const abort = new AbortController();
  const { signal } = abort;
  app.opening = abort;
  app.session.setState({ phase: { kind: 'opening', name, sample: attribution !== null } });
  try {
    const files = await opening.load(signal);
    const clips = await openThem(app, files, opening, signal);
    await leaveProject(app);
    checkAborted(signal);
    showClips(app, clips, opening);
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

/** Opens the files and gives each the id it has in the document. */
async function openThem(
  app: App,
  files: readonly File[],
  { attribution, stored }: Opening,
  signal: AbortSignal,
): Promise<readonly OpenClip[]> {
  const shown = shownClips(app, stored);
  const opened =
    shown ??
    (await openAll(
      app.preview,
      files.map((file) => ({ file })),
      signal,
    ));
  return opened.map((one, index): OpenClip => {
    const clip = stored?.clips[index];
    if (clip !== undefined) {
      checkSameFile(one.info, clip);
    }
    const file = must(files[index], 'a file');
    const credit = index === 0 ? attribution : null;
    const { info, times, soundStart } = one;
    const id = clip?.id ?? crypto.randomUUID();
    return { info, times, soundStart, id, file, attribution: credit };
  });
}

/** A project that is taken over, or a copy, has the clips that are open already: the viewer keeps them. */
function shownClips(app: App, stored: StoredWork | undefined): readonly PreviewedClip[] | null {
  const { clips } = app.session.getState();
  const found = (stored?.clips ?? []).map((wanted) =>
    clips.find(({ info }) => info.fingerprint === wanted.fingerprint),
  );
  const all = found.filter((clip) => clip !== undefined);
  return all.length > 0 && all.length === found.length ? all : null;
}

function checkSameFile(info: ClipInfo, clip: Clip): void {
  if (info.fingerprint !== clip.fingerprint) {
    throw otherFile(clip);
  }
}

/** The worker may have let go of the clips that were open: hand them back. */
async function reopen(app: App): Promise<void> {
  const { clips } = app.session.getState();
  if (clips.length === 0) {
    app.session.setState({ phase: { kind: 'start' } });
    return;
  }
  app.session.setState({ phase: { kind: 'editing' } });
  try {
    await openAll(app.preview, clips, new AbortController().signal);
  } catch (error) {
    app.notices.fail(error);
  }
}

function showClips(app: App, clips: readonly OpenClip[], { prompt, stored }: Opening): void {
  cancelAllJobs(app);
  app.notices.clear();
  app.thumbnails.clear();
  app.waveforms.clear();
  app.playback.unload();
  const clip = must(clips[0], 'a clip');
  const isLong = clip.info.duration > LONG_CLIP_US && stored === undefined;
  const { draft, spans } = restoredDraft(stored?.saved.draft ?? null, clips, clip);
  const before = app.session.getState();
  // A project that was looked at is taken over: one goes on where one was, with what one has begun.
  const isSame = stored !== undefined && stored.saved.project.id === app.project.current?.id;
  const isBegunHere = isSame && hasWork(before.draft) && !hasWork(draft);
  app.jobs.setState({ jobs: [], ...(stored?.pictures ?? { pictures: {}, latest: {} }) });
  const project = fitAll(stored?.saved.project ?? newProject(clip), clips);
  app.project.open(project, stored?.canWrite === false, keptHistory(stored, clips));
  app.session.setState({
    phase: { kind: 'editing' },
    clips,
    clip,
    time: 0,
    piece: null,
    frame: 0,
    playing: false,
    rate: 1,
    selectedEdit: null,
    soloEdit: null,
    selectedPiece: null,
    draft: {
      ...(isBegunHere ? { ...before.draft, span: draft.span } : draft),
      ...(prompt === undefined ? {} : { prompt }),
      ...(isLong ? { span: { from: 0, to: FIRST_SPAN_US } } : {}),
    },
    draftTrail: NO_TRAIL,
    spans,
    trial: null,
    maskTool: null,
    shown: null,
    zoom: isSame ? before.zoom : 1,
    view: isSame ? before.view : WHOLE_PICTURE,
  });
  placeAtTime(app, isSame ? before.time : 0);
  startSaving(app, clips, stored ?? null);
  if (isBegunHere) {
    app.autosave.changed();
  }
  for (const text of clips.flatMap(({ info }) => info.notices)) {
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

/** As far back and on as the clips that are open go. */
function keptHistory(stored: StoredWork | undefined, clips: readonly OpenClip[]): KeptHistory {
  const open = new Set(clips.map(({ id }) => id));
  return reachable(stored?.saved.history ?? NO_HISTORY, ({ pieces }) =>
    pieces.every(({ clipId }) => open.has(clipId)),
  );
}

/** Piece ends that the document could not know, or that lie off the clip's frames, are put right. */
function fitAll(project: Project, clips: readonly OpenClip[]): Project {
  return clips.reduce(
    (fitted, { id, times, info }) =>
      fitPieces(fitted, { clipId: id, times, duration: info.duration }),
    project,
  );
}

function newProject(clip: OpenClip): Project {
  const empty = createProject(crypto.randomUUID(), firstName(clip.info.name));
  return addClip(empty, { clip: clipOf(clip), duration: clip.info.duration }).project;
}

/** Opens the clip that comes with the app; with a prompt it is edited at once. */
export async function openSample(app: App, prompt?: string): Promise<void> {
  const { name, attribution } = SAMPLE;
  await open(app, {
    name,
    attribution,
    prompt,
    load: async (signal) => [await fetchSample(signal)],
  });
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
  app.waveforms.clear();
  app.project.open(null);
  app.session.setState({
    phase: { kind: 'start' },
    clips: [],
    clip: null,
    piece: null,
    trial: null,
    selectedEdit: null,
    selectedPiece: null,
    isNaming: false,
  });
  await app.preview.close();
}

function cancelAllJobs(app: App): void {
  for (const abort of app.aborts.values()) {
    abort.abort();
  }
}
