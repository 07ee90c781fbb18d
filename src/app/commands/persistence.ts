import type { App } from '../app.ts';

const ASKED_KEY = 'deltacut.asked-to-persist';

/** What there is to lose, as the question says it. */
export type ToKeep = 'work' | 'model';

const REASONS: Readonly<Record<ToKeep, string>> = {
  work: 'Your work is saved in this browser, which may clear it when the disk runs low. Allow it to keep your projects for good?',
  model:
    'Imported models lie in this browser, which may clear them when the disk runs low. Allow it to keep models and projects for good?',
};

/** Once there is work to lose: asks, once, that the browser keeps it when the disk runs low. */
export function askToPersist(app: App): void {
  app.saving.subscribe((state) => {
    if (state.kind === 'saved' && (app.project.current?.edits.length ?? 0) > 0) {
      void offerPersistence(app, 'work');
    }
  });
}

type Asker = Pick<App, 'notices'>;

/**
 * Says why and lets the person decide: some browsers ask again by themselves, others decide unseen. Once in this browser,
 * whatever there was to lose then.
 */
export async function offerPersistence(app: Asker, what: ToKeep): Promise<void> {
  try {
    if (localStorage.getItem(ASKED_KEY) !== null) {
      return;
    }
    localStorage.setItem(ASKED_KEY, '1');
    if (await navigator.storage.persisted()) {
      return;
    }
  } catch {
    return;
  }
  app.notices.say('info', REASONS[what], [{ label: 'Allow', run: () => void allow(app) }]);
}

async function allow(app: Asker): Promise<void> {
  const isGranted = await navigator.storage.persist().catch(() => false);
  app.notices.say(
    isGranted ? 'done' : 'info',
    isGranted
      ? 'Projects and models are kept until you delete them.'
      : 'The browser did not agree. Projects and models stay as long as the disk has room.',
  );
}
