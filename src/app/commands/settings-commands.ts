import { AppError, toAppError } from '../../base/error.ts';
import type { EngineSetup } from '../../protocol/engine.ts';
import { startEngine, type App } from '../app.ts';
import { openAll } from '../open-clips.ts';
import { keepSetup, settingsStore } from '../state/settings-store.ts';
import { isUnderWay } from '../state/jobs-store.ts';
import { modelsStore } from '../state/models-store.ts';
import { picturesInUse } from '../stored-projects.ts';

/** Opens the settings and looks up what they say of the machine and the disk. */
export function openSettings(app: App): void {
  app.session.setState({ dialog: 'settings' });
  settingsStore.setState({ error: null });
  void lookUpMachine(app);
  void lookUpStorage(app);
}

async function lookUpMachine(app: App): Promise<void> {
  try {
    settingsStore.setState({ machine: await app.engine.machine() });
  } catch (error) {
    settingsStore.setState({ error: toAppError(error, 'engine/run-failed') });
  }
}

async function lookUpStorage(app: App): Promise<void> {
  try {
    const [use, { quota = null }, isPersistent] = await Promise.all([
      app.disk.usage(),
      navigator.storage.estimate() as Promise<{ quota?: number }>,
      navigator.storage.persisted(),
    ]);
    settingsStore.setState({ use, quota, isPersistent });
  } catch (error) {
    settingsStore.setState({ error: toAppError(error, 'store/failed') });
  }
}

/** Whether the engine has work that a change of its setup, or clearing what it wrote, would end. */
export function isEngineBusy(app: App): boolean {
  const { importing } = modelsStore.getState();
  return importing.kind === 'running' || app.jobs.getState().jobs.some(isUnderWay);
}

/** Starts the engine over with another setup, and the viewer with it. Kept for the next visit. */
export async function changeSetup(app: App, setup: EngineSetup): Promise<void> {
  if (isEngineBusy(app)) {
    return;
  }
  keepSetup(setup);
  const isOther = app.engine.setup.choice !== setup.choice;
  app.engine.setUp(setup);
  const started = startEngine(app);
  if (isOther) {
    await restartViewer(app, setup);
  }
  await started;
}

/** The canvas belongs to the worker that ends: the viewer gets a new one. */
async function restartViewer(app: App, { choice }: EngineSetup): Promise<void> {
  app.preview.choose(choice);
  const { clip, clips, viewerGeneration } = app.session.getState();
  if (clip === null) {
    return;
  }
  try {
    app.preview.dispose();
    await openAll(app.preview, clips, new AbortController().signal);
    app.session.setState({ viewerGeneration: viewerGeneration + 1, shown: null });
    app.thumbnails.restart();
  } catch (error) {
    app.notices.fail(error);
  }
}

/**
 * Removes finished pictures from the disk: those that no project shows, or all of them. After that edits have to be run
 * again; documents are never touched.
 */
export async function clearPictures(app: App, which: 'unused' | 'all'): Promise<void> {
  if (isEngineBusy(app)) {
    return;
  }
  settingsStore.setState({ isClearing: true, error: null });
  try {
    await app.autosave.flush();
    const kept = which === 'all' ? [] : await picturesInUse(app.disk);
    if (kept === null) {
      throw new AppError(
        'project/invalid',
        'While a project can’t be read nobody knows which pictures it needs. Delete it first, or clear all pictures.',
      );
    }
    const open = Object.values(app.jobs.getState().pictures).flatMap((one) => [
      one.recipe,
      one.base,
    ]);
    await app.disk.clearPictures(which === 'all' ? [] : [...kept, ...open]);
    if (which === 'all') {
      app.jobs.setState({ pictures: {}, latest: {} });
    }
  } catch (error) {
    settingsStore.setState({ error: toAppError(error, 'store/failed') });
  }
  settingsStore.setState({ isClearing: false });
  await lookUpStorage(app);
}

/** Asks the browser to keep this site's storage when the disk runs low. */
export async function askToKeep(): Promise<void> {
  const isPersistent = await navigator.storage.persist().catch(() => false);
  settingsStore.setState({ isPersistent });
}
