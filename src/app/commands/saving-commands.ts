import type { History } from '../../project/history.ts';
import { HistoryWriter } from '../../project/saved-history.ts';
import { serialiseSaved } from '../../project/saved.ts';
import type { App } from '../app.ts';
import { rememberProject } from '../last-project.ts';
import { hasWork, savedDraft } from '../saved-draft.ts';
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
  const steps = new KeptSteps();
  app.autosave.begin(
    project.id,
    () => {
      const { history } = app.project.store.getState();
      if (history?.present.id === project.id) {
        const now = history.present;
        const { edits, written } = steps.of(history);
        const results = savedResults(app.jobs.getState(), now, edits);
        const attribution = clips[0]?.attribution ?? null;
        const draft = savedDraft(app.session.getState());
        text = serialiseSaved({ project: now, results, attribution, draft }, written);
      }
      return text;
    },
    stored?.text ?? null,
  );
  for (const clip of clips) {
    void keepClip(app, clip);
  }
}

/** What is saved of undo and redo; made anew when a step was done, not while a drag is under way. */
class KeptSteps {
  readonly #writer = new HistoryWriter();
  #of: Omit<History, 'present'> | null = null;
  #kept = { written: 'null', edits: new Set<string>() };

  of(history: History): { readonly written: string; readonly edits: ReadonlySet<string> } {
    const { past, future, mark } = history;
    const before = this.#of;
    if (before?.past !== past || before.future !== future || before.mark !== mark) {
      this.#of = { past, future, mark };
      const documents = [...past, ...future].map(({ project }) => project);
      const edits = documents.flatMap((project) => project.edits.map(({ id }) => id));
      this.#kept = { written: this.#writer.write(history), edits: new Set(edits) };
    }
    return this.#kept;
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
    const isBegun = hasWork(app.session.getState().draft);
    const isUntouched = past.length === 0 && project?.edits.length === 0 && !isBegun;
    if (project !== null && isWriter && isUntouched && project.name === firstName(clipName)) {
      await removeStored(app.disk, project.id);
    }
  } catch (error) {
    app.notices.fail(error);
  }
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
