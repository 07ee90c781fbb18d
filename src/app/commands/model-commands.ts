import { isCancelled, toAppError } from '../../base/error.ts';
import type { ImportRequest } from '../../protocol/model-library.ts';
import type { App } from '../app.ts';
import { rememberChoice } from '../model-choice.ts';
import { loadModelInfo, STARTER_MODEL, type ModelInfo } from '../model-info.ts';
import type { PickedFolder } from '../picked-folder.ts';
import { modelsStore, type ImportState } from '../state/models-store.ts';
import { byteSize, lengthInWords } from '../time.ts';
import { offerPersistence } from './persistence.ts';

let importAbort: AbortController | null = null;

export function openModels(app: App): void {
  modelsStore.setState({ isOpen: true, error: null });
  void refreshModels(app);
}

/** What was said about the last import has been read. */
export function closeModels(): void {
  modelsStore.setState((state) => ({
    isOpen: false,
    importing: state.importing.kind === 'running' ? state.importing : { kind: 'idle' },
  }));
}

/** Reads what is in the browser's storage. */
async function refreshModels(app: App): Promise<void> {
  try {
    modelsStore.setState({ library: await app.engine.listModels() });
  } catch (error) {
    modelsStore.setState({ error: toAppError(error, 'store/failed') });
  }
}

/** New edits use this model; edits that exist keep theirs. */
export function chooseModel(app: App, info: ModelInfo): void {
  rememberChoice(info.id);
  app.engineState.setState({ model: { kind: 'ready', info } });
}

/** Compiles a checkpoint folder into the browser's storage. One that was interrupted goes on where it stopped. */
export async function importFolder(
  app: App,
  picked: PickedFolder | Promise<PickedFolder>,
  quantisation: ImportRequest['quantisation'] = 'auto',
): Promise<void> {
  if (modelsStore.getState().importing.kind === 'running') {
    return;
  }
  const abort = new AbortController();
  importAbort = abort;
  modelsStore.setState({ error: null });
  setImport({ kind: 'running', name: '', progress: null, isStopping: false });
  let name = '';
  try {
    const folder = await picked;
    name = folder.name;
    setImport({ kind: 'running', name, progress: null, isStopping: false });
    const summary = await app.engine.importModel(
      { jobId: crypto.randomUUID(), ...folder, quantisation, loras: [] },
      (progress) => {
        const { importing } = modelsStore.getState();
        if (importing.kind === 'running') {
          setImport({ ...importing, progress });
        }
      },
      abort.signal,
    );
    setImport({ kind: 'done', summary });
    void offerPersistence(app, 'model');
    if (!modelsStore.getState().isOpen) {
      const { title, bytes, seconds } = summary;
      app.notices.say(
        'done',
        `“${title}” was imported: ${byteSize(bytes)} in ${lengthInWords(seconds)}.`,
        [{ label: 'Models', run: () => openModels(app) }],
      );
    }
  } catch (error) {
    const known = toAppError(error, 'model/bad-checkpoint');
    setImport(isCancelled(known) ? { kind: 'idle' } : { kind: 'failed', name, error: known });
    if (!modelsStore.getState().isOpen) {
      app.notices.fail(known);
    }
  } finally {
    importAbort = null;
    await refreshModels(app);
  }
}

function setImport(importing: ImportState): void {
  modelsStore.setState({ importing });
}

export function cancelImport(): void {
  const { importing } = modelsStore.getState();
  if (importing.kind === 'running') {
    setImport({ ...importing, isStopping: true });
    importAbort?.abort();
  }
}

/** Removes a package or unfinished work. New edits fall back to the starter where they used it. */
export async function removeModel(app: App, id: string): Promise<void> {
  modelsStore.setState((state) => ({ error: null, removing: [...state.removing, id] }));
  try {
    const { model } = app.engineState.getState();
    if (model.kind === 'ready' && model.info.id === id) {
      chooseModel(app, await loadModelInfo(STARTER_MODEL));
    }
    await app.engine.removeModel(id);
  } catch (error) {
    modelsStore.setState({ error: toAppError(error, 'store/failed') });
  } finally {
    await refreshModels(app);
    modelsStore.setState((state) => ({ removing: state.removing.filter((one) => one !== id) }));
  }
}
