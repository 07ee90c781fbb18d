import { serialiseSaved } from '../../project/saved.ts';
import type { App } from '../app.ts';
import { rememberProject } from '../last-project.ts';
import { savedResults } from '../saved-results.ts';
import type { OpenClip } from '../state/session-store.ts';
import { removeStored } from '../stored-projects.ts';
import { firstName, type StoredWork } from '../stored-work.ts';

/** From now on the open project is written as it changes. */
export function startSaving(app: App, clips: readonly OpenClip[], stored: StoredWork | null): void {
  const project = app.project.current;
  if (project === null) {
    return;
  }
  rememberProject(project.id);
  if (stored?.canWrite === false) {
    app.autosave.look();
    return;
  }
  let text = '';
  app.autosave.begin(
    project.id,
    () => {
      const now = app.project.current;
      if (now !== null && now.id === project.id) {
        const results = savedResults(app.jobs.getState(), now);
        const attribution = clips[0]?.attribution ?? null;
        text = serialiseSaved({ project: now, results, attribution });
      }
      return text;
    },
    stored?.text ?? null,
  );
  for (const clip of clips) {
    void keepClip(app, clip);
  }
}

/** A copy of the clip is what a reload opens: a browser gives no file back by itself. */
export async function keepClip(app: App, { file, info }: OpenClip): Promise<void> {
  const isKept = await app.disk.keepClip(info.fingerprint, file).catch(() => false);
  if (!isKept) {
    app.notices.say(
      'info',
      `There is no room in this browser for a copy of “${info.name}”. To open this project again you will be asked for the file.`,
    );
  }
}

/** Writes what is left of the open project. One that was only looked through, never edited, is not kept. */
export async function leaveProject(app: App): Promise<void> {
  const project = app.project.current;
  const { past = [] } = app.project.store.getState().history ?? {};
  const isWriter = app.saving.getState().kind !== 'elsewhere';
  try {
    await app.autosave.leave();
    const clipName = project?.clips[0]?.name ?? '';
    const isUntouched = past.length === 0 && project?.edits.length === 0;
    if (project !== null && isWriter && isUntouched && project.name === firstName(clipName)) {
      await removeStored(app.disk, project.id);
    }
  } catch (error) {
    app.notices.fail(error);
  }
}

const ASKED_KEY = 'deltacut.asked-to-persist';

/** Once there is something to lose: asks, once, that the browser keeps it when the disk runs low. */
export function askToPersist(app: App): void {
  app.saving.subscribe((state) => {
    if (state.kind === 'saved' && (app.project.current?.edits.length ?? 0) > 0) {
      void offerPersistence(app);
    }
  });
}

let hasAsked = false;

async function offerPersistence(app: App): Promise<void> {
  if (hasAsked) {
    return;
  }
  hasAsked = true;
  try {
    if (localStorage.getItem(ASKED_KEY) !== null || (await navigator.storage.persisted())) {
      return;
    }
    localStorage.setItem(ASKED_KEY, '1');
  } catch {
    return;
  }
  const allow = {
    label: 'Allow',
    run: () => {
      void navigator.storage.persist().then((isGranted) => {
        app.notices.say(
          isGranted ? 'done' : 'info',
          isGranted
            ? 'Projects are kept until you delete them.'
            : 'The browser did not agree. Projects stay saved as long as the disk has room.',
        );
      });
    },
  };
  app.notices.say(
    'info',
    'Your work is saved in this browser, which may clear it when the disk runs low. Allow it to keep your projects for good?',
    [allow],
  );
}

/** Writes at once when the page may be about to go. */
export function flushOnLeave(app: App): void {
  const flush = (): void => {
    void app.autosave.flush();
  };
  window.addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      flush();
    }
  });
  window.addEventListener('beforeunload', (event) => {
    flush();
    // Only what the disk refused is lost with the page: the browser asks before.
    if (app.saving.getState().kind === 'failed') {
      event.preventDefault();
    }
  });
}
