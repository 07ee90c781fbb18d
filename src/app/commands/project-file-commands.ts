import { isCancelled, toAppError } from '../../base/error.ts';
import { copyProject } from '../../project/commands.ts';
import { parseSaved, serialiseSaved, type SavedProject } from '../../project/saved.ts';
import type { PackedContents } from '../../protocol/project-file.ts';
import type { App } from '../app.ts';
import { chooseFile, download, safeName } from '../export.ts';
import { transferStore, type TransferState } from '../state/transfer-store.ts';
import { byteSize } from '../time.ts';
import { needsOf } from '../stored-projects.ts';
import { openProject, readStored, refreshProjects } from './project-commands.ts';

export const PROJECT_SUFFIX = '.deltacut';
const TYPE = {
  mime: 'application/x-deltacut-project',
  description: 'Deltacut project',
  suffix: PROJECT_SUFFIX,
  folder: 'project-files',
} as const;

let abort: AbortController | null = null;

export function isProjectFile({ name }: File): boolean {
  return name.toLowerCase().endsWith(PROJECT_SUFFIX);
}

/** Asks what the file of a project is to hold, with the sizes of it. */
export async function offerExport(app: App, projectId: string, name: string): Promise<void> {
  transferStore.setState({ transfer: { kind: 'idle' }, offer: { projectId, name, sizes: null } });
  try {
    await app.autosave.flush();
    const saved = await readStored(app, projectId);
    const sizes = await app.disk.measurePacked(contentsOf(app, saved));
    transferStore.setState(({ offer }) =>
      offer?.projectId === projectId ? { offer: { ...offer, sizes } } : {},
    );
  } catch (error) {
    const known = toAppError(error, 'store/failed');
    transferStore.setState({ offer: null, transfer: { kind: 'failed', error: known } });
  }
}

export function dropOffer(): void {
  transferStore.setState({ offer: null });
}

/** Everything that belongs to a project; open clips are at hand even where no copy of them is kept. */
function contentsOf(app: App, saved: SavedProject): PackedContents {
  const { clips, pictures } = needsOf(saved);
  const open = app.session.getState().clips;
  return {
    pictures,
    clips: clips.map((name) => ({
      name,
      file: open.find(({ info }) => info.fingerprint === name)?.file ?? null,
    })),
  };
}

/** Writes a project into one file. Must run inside the person's click, which the file picker asks for. */
export async function exportProject(
  app: App,
  projectId: string,
  parts: { readonly pictures: boolean; readonly clips: boolean },
): Promise<void> {
  const { offer } = transferStore.getState();
  if (offer === null) {
    return;
  }
  await transfer(app, 'export', offer.name, async (signal) => {
    const target = await chooseFile(`${safeName(offer.name)}${PROJECT_SUFFIX}`, TYPE);
    dropOffer();
    const saved = await readStored(app, projectId);
    const all = contentsOf(app, saved);
    const contents = {
      pictures: parts.pictures ? all.pictures : [],
      clips: parts.clips ? all.clips : [],
    };
    const text = serialiseSaved(saved);
    const request = { jobId: crypto.randomUUID(), text, contents, target: target.handle };
    await app.disk.pack(request, onProgress, signal);
    const file = await target.handle.getFile();
    if (!target.chosen) {
      const url = URL.createObjectURL(file);
      download(url, target.handle.name);
      // The browser has the file by then; without this it would stay readable for ever.
      setTimeout(() => {
        URL.revokeObjectURL(url);
      }, 60_000);
    }
    return `“${offer.name}” is in ${target.handle.name}, ${byteSize(file.size)}.`;
  });
}

/** Brings a project file in and opens it. One that is here already comes in as a copy. */
export async function importProject(app: App, file: File): Promise<void> {
  let imported: string | null = null;
  await transfer(app, 'import', file.name, async (signal) => {
    const saved = parseSaved(await app.disk.peek(file));
    const isHere = (await app.disk.list()).some(({ id }) => id === saved.project.id);
    const project = isHere ? copyProject(saved.project, crypto.randomUUID()) : saved.project;
    const text = serialiseSaved({ ...saved, project });
    const request = { jobId: crypto.randomUUID(), file, id: project.id, text };
    const { clipsLeftOut } = await app.disk.unpack(request, onProgress, signal);
    imported = project.id;
    return clipsLeftOut === 0
      ? `“${project.name}” is here.`
      : `“${project.name}” is here. There was no room for a copy of its clip, so opening it asks for the file.`;
  });
  await refreshProjects(app);
  if (imported !== null) {
    await openProject(app, imported);
  }
}

export function cancelTransfer(): void {
  transferStore.setState(({ transfer: state }) =>
    state.kind === 'running' ? { transfer: { ...state, isStopping: true } } : {},
  );
  abort?.abort();
}

/** What was said of the last transfer has been read. */
export function forgetTransfer(): void {
  if (transferStore.getState().transfer.kind !== 'running') {
    transferStore.setState({ transfer: { kind: 'idle' }, offer: null });
  }
}

function onProgress(progress: { readonly done: number; readonly total: number }): void {
  transferStore.setState(({ transfer: state }) =>
    state.kind === 'running' ? { transfer: { ...state, progress } } : {},
  );
}

/** Runs one transfer; its outcome is said in the dialog, or as a notice where that is closed. */
async function transfer(
  app: App,
  what: 'export' | 'import',
  name: string,
  work: (signal: AbortSignal) => Promise<string>,
): Promise<void> {
  if (transferStore.getState().transfer.kind === 'running') {
    return;
  }
  const own = new AbortController();
  abort = own;
  setTransfer({ kind: 'running', what, name, progress: null, isStopping: false });
  try {
    const sentence = await work(own.signal);
    setTransfer({ kind: 'done', sentence });
    if (!app.projects.getState().isOpen) {
      app.notices.say('done', sentence);
    }
  } catch (error) {
    const known = toAppError(error, 'store/failed');
    setTransfer(isCancelled(known) ? { kind: 'idle' } : { kind: 'failed', error: known });
    if (!app.projects.getState().isOpen && !isCancelled(known)) {
      app.notices.fail(known);
    }
  } finally {
    abort = null;
  }
}

function setTransfer(state: TransferState): void {
  transferStore.setState({ transfer: state });
}
