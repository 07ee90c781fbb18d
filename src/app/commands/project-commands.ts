import { AppError, toAppError } from '../../base/error.ts';
import { renameProject } from '../../project/commands.ts';
import type { Clip } from '../../project/document.ts';
import { applyStep } from '../../project/history.ts';
import { HistoryWriter } from '../../project/saved-history.ts';
import { parseSaved, serialiseSaved, type SavedProject } from '../../project/saved.ts';
import type { OpenOptions, StoredProject } from '../../protocol/projects.ts';
import type { App } from '../app.ts';
import { lastProject, rememberProject } from '../last-project.ts';
import { restoreResults } from '../saved-results.ts';
import type { ChosenFiles, ProjectEntry } from '../state/projects-store.ts';
import { copyStored, needsOf, readable, removeStored } from '../stored-projects.ts';
import { otherFile, type StoredWork } from '../stored-work.ts';
import { open } from './clip-commands.ts';
import { dispatch } from './edit-commands.ts';
import { offerRest } from './job-commands.ts';

/** Opens what was open when the page was left. */
export async function reopenLast(app: App): Promise<void> {
  const id = lastProject();
  if (id === null) {
    return;
  }
  app.session.setState({ phase: { kind: 'opening', name: 'your project', sample: false } });
  const found = await app.disk.list().catch(() => []);
  if (app.session.getState().clip !== null || app.opening !== null) {
    // A file was dropped meanwhile: that is what the person wants.
    return;
  }
  if (found.some((one) => one.id === id)) {
    await openProject(app, id);
  } else {
    rememberProject(null);
    app.session.setState({ phase: { kind: 'start' } });
  }
}

/** Opens a stored project. Where its clip is not kept here, the person is asked for the file. */
export async function openProject(
  app: App,
  id: string,
  options: OpenOptions & { readonly files?: ChosenFiles } = { takeOver: false },
): Promise<void> {
  app.projects.setState({ isOpen: false, missing: null });
  if (id === app.project.current?.id && !options.takeOver) {
    return;
  }
  try {
    await app.autosave.flush();
    const work = await readWork(app, id, options);
    const chosen = options.files ?? new Map<string, File>();
    const files: File[] = [];
    const found: Clip[] = [];
    for (const clip of work.clips) {
      const file = chosen.get(clip.id) ?? (await keptFile(app, clip));
      if (file === null) {
        await app.disk.close(id);
        askForFile(app, work, clip, chosen);
        return;
      }
      files.push(file);
      found.push(clip);
    }
    // Nobody is asked for a clip that undo alone would bring back.
    for (const clip of clipsAway(work)) {
      const file = await keptFile(app, clip);
      if (file !== null) {
        files.push(file);
        found.push(clip);
      }
    }
    const { name } = work.saved.project;
    const { attribution } = work.saved;
    const isOpen = await open(app, {
      name,
      attribution,
      stored: { ...work, clips: found },
      load: () => Promise.resolve(files),
    });
    if (!isOpen) {
      await app.disk.close(id);
    } else if (work.canWrite) {
      offerRest(app);
    } else {
      sayOpenElsewhere(app);
    }
  } catch (error) {
    app.notices.fail(error);
    if (app.session.getState().clip === null) {
      app.session.setState({ phase: { kind: 'start' } });
    }
  }
}

async function readWork(app: App, id: string, options: OpenOptions): Promise<StoredWork> {
  const { takeOver } = options;
  const { text, damaged, canWrite } = await app.disk.open(id, { takeOver });
  if (text === null) {
    throw new AppError('project/invalid', 'Nothing of it could be read.');
  }
  const saved = parseSaved(text);
  const used = new Set(saved.project.pieces.map(({ clipId }) => clipId));
  const clips = saved.project.clips.filter(({ id: clipId }) => used.has(clipId));
  if (clips.length === 0) {
    throw new AppError('project/invalid', 'It has no clip.');
  }
  if (damaged.length > 0) {
    app.notices.say('warning', 'A saved file was damaged. This is the newest state that is whole.');
  }
  const pictures = await restoreResults(saved.results, (recipe, base) =>
    app.disk.frames(recipe, base),
  );
  return { saved, clips, text, canWrite, pictures };
}

/** Clips that are shown only in documents that undo and redo lead to. */
function clipsAway({ saved, clips }: StoredWork): readonly Clip[] {
  const { past, future } = saved.history;
  const shown = new Set(clips.map(({ id }) => id));
  const away = new Map<string, Clip>();
  for (const { project } of [...past, ...future]) {
    const used = new Set(project.pieces.map(({ clipId }) => clipId));
    for (const clip of project.clips.filter(({ id }) => used.has(id) && !shown.has(id))) {
      away.set(clip.id, clip);
    }
  }
  return [...away.values()];
}

/** The clip that is open already, or the copy that is kept; under the name it had. */
async function keptFile(app: App, clip: Clip): Promise<File | null> {
  const { clips } = app.session.getState();
  const shown = clips.find(({ info }) => info.fingerprint === clip.fingerprint);
  if (shown !== undefined) {
    return shown.file;
  }
  const kept = await app.disk.clip(clip.fingerprint);
  return kept === null || kept.size !== clip.bytes ? null : new File([kept], clip.name);
}

function askForFile(app: App, { saved }: StoredWork, clip: Clip, chosen: ChosenFiles): void {
  const { id, name } = saved.project;
  app.projects.setState({
    missing: { projectId: id, projectName: name, clip, chosen, error: null },
  });
  if (app.session.getState().clip === null) {
    app.session.setState({ phase: { kind: 'start' } });
  }
}

/** The file that was missing was chosen. */
export async function relink(app: App, file: File): Promise<void> {
  const { missing } = app.projects.getState();
  if (missing === null) {
    return;
  }
  if (file.size !== missing.clip.bytes) {
    const error = otherFile(missing.clip);
    app.projects.setState({ missing: { ...missing, error } });
    return;
  }
  // Where several clips are missing, the next one is asked for.
  const files = new Map([...missing.chosen, [missing.clip.id, file]]);
  await openProject(app, missing.projectId, { takeOver: false, files });
}

export function dropMissing(app: App): void {
  app.projects.setState({ missing: null });
}

function sayOpenElsewhere(app: App): void {
  app.notices.say(
    'info',
    'This project is open in another tab. Here you can look at it, or take it over to change it.',
    [{ label: 'Take over', run: () => void takeOver(app) }],
  );
}

/** The open project is changed in this tab from now on, as the other tab left it. */
export async function takeOver(app: App): Promise<void> {
  const id = app.project.current?.id;
  if (id !== undefined) {
    await openProject(app, id, { takeOver: true });
  }
}

export function showProjects(app: App): void {
  app.projects.setState({ isOpen: true, error: null });
  void refreshProjects(app);
}

export function hideProjects(app: App): void {
  app.projects.setState({ isOpen: false });
}

/** Reads the list. What is newest in memory is written first. */
export async function refreshProjects(app: App): Promise<void> {
  try {
    await app.autosave.flush();
    const found = (await app.disk.list()).toSorted((a, b) => b.changedAt - a.changedAt);
    const sizes = new Map(app.projects.getState().entries?.map(({ id, size }) => [id, size]));
    app.projects.setState({
      entries: found.map((one) => ({ ...entryOf(one), size: sizes.get(one.id) ?? null })),
    });
    // Nobody waits for figures.
    void measureEntries(app, found);
  } catch (error) {
    app.projects.setState({ error: toAppError(error, 'store/failed') });
  }
}

/** Fills in the sizes, newest first, while the list is looked at; the entries are on screen by then. */
async function measureEntries(app: App, found: readonly StoredProject[]): Promise<void> {
  try {
    for (const one of found) {
      if (!app.projects.getState().isOpen) {
        return;
      }
      const { bytes, missingClips } = await app.disk.sizeOf(needsOf(readable(one)));
      const size = { bytes: bytes + one.bytes, missingClips };
      app.projects.setState(({ entries }) => ({
        entries:
          entries?.map((entry) => (entry.id === one.id ? { ...entry, size } : entry)) ?? null,
      }));
    }
  } catch (error) {
    app.projects.setState({ error: toAppError(error, 'store/failed') });
  }
}

function entryOf(stored: StoredProject): Omit<ProjectEntry, 'size'> {
  const { id, changedAt, isOpen, damaged } = stored;
  const saved = readable(stored);
  const project = saved?.project;
  return {
    id,
    name: project?.name ?? 'Damaged project',
    contents: project === undefined ? null : { clips: project.clips, edits: project.edits.length },
    changedAt,
    isOpen,
    isDamaged: damaged.length > 0,
  };
}

/** Gives a project another name, also one that is not open. */
export async function renameStored(app: App, id: string, name: string): Promise<void> {
  if (app.project.current?.id === id) {
    dispatch(app, (project) => renameProject(project, { name }));
    await refreshProjects(app);
    return;
  }
  await change(app, async () => {
    const saved = await readStored(app, id);
    const step = renameProject(saved.project, { name });
    const history = applyStep({ present: saved.project, ...saved.history, mark: null }, step);
    const text = serialiseSaved(
      { ...saved, project: step.project },
      new HistoryWriter().write(history),
    );
    await app.disk.rewrite(id, text);
  });
}

/** A project of its own with the same work; clip and finished pictures are shared. */
export async function duplicateStored(app: App, id: string): Promise<void> {
  await change(app, async () => {
    await app.autosave.flush();
    await copyStored(app.disk, serialiseSaved(await readStored(app, id)));
  });
}

/** Deletes a project with the clip and the pictures that no other one needs. The open one is left first. */
export async function deleteStored(app: App, id: string): Promise<void> {
  await change(app, () => removeStored(app.disk, id));
}

async function change(app: App, work: () => Promise<void>): Promise<void> {
  app.projects.setState({ error: null });
  try {
    await work();
  } catch (error) {
    app.projects.setState({ error: toAppError(error, 'store/failed') });
  }
  await refreshProjects(app);
}

/** The newest saved state of a project, open or not. */
export async function readStored(app: App, id: string): Promise<SavedProject> {
  const text = (await app.disk.list()).find((one) => one.id === id)?.text ?? null;
  if (text === null) {
    throw new AppError('project/invalid', 'Nothing of it could be read.');
  }
  return parseSaved(text);
}
