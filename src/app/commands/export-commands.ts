import { createStore } from 'zustand/vanilla';
import { isCancelled, toAppError, type AppError } from '../../base/error.ts';
import type { ExportSummary } from '../../protocol/engine.ts';
import type { App } from '../app.ts';
import { chooseTarget, download, exportName, type Container } from '../export.ts';
import { addJob, applyJobEvent, picturesOf, resultsOf, updateJob } from '../state/jobs-store.ts';
import { countWithin, NO_FRAMES } from '../frame-ranges.ts';
import { frameRange } from '../../project/frames.ts';
import { occurrences } from '../../project/sequence.ts';
import { findClip, leadingClip, sequenceOf } from '../sequence.ts';

export type ExportDone = {
  readonly summary: ExportSummary;
  readonly file: File;
  /** Object URL of the file, for opening and saving again. */
  readonly url: string;
  readonly name: string;
  /** The person chose the place; else it was handed to the browser's downloads. */
  readonly chosen: boolean;
};

export type ExportState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly jobId: string; readonly name: string }
  | { readonly kind: 'done'; readonly done: ExportDone }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'cancelled' };

/** One export at a time; its dialog may be closed while it runs. */
export const exportStore = createStore<ExportState>(() => ({ kind: 'idle' }) as ExportState);

/** Asks where to save (inside the click that calls this) and exports the project as it is now. */
export async function startExport(app: App, container: Container): Promise<void> {
  const { clips } = app.session.getState();
  const project = app.project.current;
  const clip = project === null ? undefined : leadingClip(project, clips);
  if (clip === undefined || project === null || exportStore.getState().kind === 'running') {
    return;
  }
  const prompts = project.edits.filter((edit) => edit.enabled).map((edit) => edit.prompt);
  const name = exportName(clip.info.name, prompts, container);
  const id = crypto.randomUUID();
  const abort = new AbortController();
  try {
    const target = await chooseTarget(name, container);
    clearExport();
    exportStore.setState({ kind: 'running', jobId: id, name: target.handle.name }, true);
    app.aborts.set(id, abort);
    abort.signal.addEventListener('abort', () => {
      updateJob(app.jobs, id, { state: 'cancelling' });
    });
    const common = {
      frames: 0,
      frameBytes: 0,
      state: 'waiting',
      progress: null,
      error: null,
    } as const;
    addJob(app.jobs, { id, kind: 'export', title: name, editId: null, key: '', ...common });
    const request = {
      jobId: id,
      sources: clips.map(({ id: clipId, file }) => ({ clipId, file })),
      project,
      results: resultsOf(app.jobs.getState(), project),
      container,
      target: target.handle,
      wantFrames: false,
    };
    const summary = await app.engine.export(
      request,
      (event) => {
        const text = applyJobEvent(app.jobs, id, event);
        if (text !== null) {
          app.notices.say('info', text);
        }
      },
      abort.signal,
    );
    updateJob(app.jobs, id, { state: 'done' });
    const file = await target.handle.getFile();
    const url = URL.createObjectURL(file);
    const done = { summary, file, url, name: target.handle.name, chosen: target.chosen };
    exportStore.setState({ kind: 'done', done }, true);
    if (!target.chosen) {
      download(url, done.name);
    }
    if (app.session.getState().dialog !== 'export') {
      const open = {
        label: 'Show',
        run: () => {
          app.session.setState({ dialog: 'export' });
        },
      };
      app.notices.say('done', `${done.name} is exported.`, [open]);
    }
  } catch (error) {
    failExport(app, id, error);
  } finally {
    app.aborts.delete(id);
  }
}

function failExport(app: App, id: string, error: unknown): void {
  const known = toAppError(error, 'media/encode-failed');
  const wasRunning = exportStore.getState().kind === 'running';
  if (isCancelled(known)) {
    updateJob(app.jobs, id, { state: 'cancelled' });
    if (wasRunning) {
      exportStore.setState({ kind: 'cancelled' }, true);
    }
    return;
  }
  updateJob(app.jobs, id, { state: 'failed', error: known });
  exportStore.setState({ kind: 'failed', error: known }, true);
  if (app.session.getState().dialog !== 'export') {
    app.notices.fail(known);
  }
}

/** Lets go of the last export's file. */
export function clearExport(): void {
  const state = exportStore.getState();
  if (state.kind === 'done') {
    URL.revokeObjectURL(state.done.url);
  }
  if (state.kind !== 'running') {
    exportStore.setState({ kind: 'idle' }, true);
  }
}

export type Unfinished = {
  readonly editId: string;
  readonly prompt: string;
  readonly done: number;
  readonly of: number;
  /** Changed since it was run: the old result is what is exported. */
  readonly stale: boolean;
};

/** Switched-on edits whose pictures are not all there (those frames stay the source) or not of their present state. */
export function unfinishedEdits(app: App): readonly Unfinished[] {
  const { clips } = app.session.getState();
  const project = app.project.current;
  if (project === null) {
    return [];
  }
  const { sequence } = sequenceOf(app);
  return project.edits
    .filter((edit) => edit.enabled)
    .map((edit) => {
      const times = findClip(clips, edit.clipId)?.times ?? [];
      // Only frames that some piece shows are missed by anybody.
      const seen = occurrences(sequence, edit.clipId, edit.span).map((one) =>
        frameRange(times, one.clip),
      );
      const found = picturesOf(app.jobs.getState(), project, edit.id);
      const ranges = found?.pictures.done ?? NO_FRAMES;
      const done = sumOf(seen.map(({ from, to }) => countWithin(ranges, from, to)));
      const of = sumOf(seen.map(({ from, to }) => to - from));
      const stale = of > 0 && (found?.stale ?? false);
      return { editId: edit.id, prompt: edit.prompt, done, of, stale };
    })
    .filter((one) => one.done < one.of || one.stale);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
