import { EngineClient } from '../../src/app/engine-client.ts';
import { toAppError } from '../../src/base/error.ts';
import type { EditSummary, JobEvent } from '../../src/protocol/engine.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { projectOf } from './engine.ts';
import { hashPictures } from './kill.ts';
import { makeClip } from './make-clip.ts';

/* One edit that is paused again and again, through the app's own way to the engine. */

export type PausedRun = {
  /** Frames that were found finished. */
  readonly found: readonly number[];
  /** Frames that were computed, in order. */
  readonly computed: readonly number[];
  readonly stages: readonly string[];
  /** How it ended. */
  readonly code: string;
};

export type PauseOutcome = {
  readonly frames: number;
  readonly runs: readonly PausedRun[];
  /** Of a job that was stopped before the worker had begun it. */
  readonly stoppedAtOnce: PausedRun;
  readonly undisturbed: Readonly<Record<string, string>>;
  readonly pictures: Readonly<Record<string, string>>;
};

/** Frames of one graph run at 64 pixels. */
const BATCH = 8;

type Job = { readonly client: EngineClient; readonly source: File; readonly model: string };

async function runOnce(
  { client, source, model }: Job,
  stopAfter: number | null,
): Promise<PausedRun> {
  const jobId = crypto.randomUUID();
  const project = projectOf({ settings: { model, size: 64, steps: 2, anchors: 3 } });
  const computed: number[] = [];
  const stages = new Set<string>();
  let found: readonly number[] = [];
  const onEvent = (event: JobEvent): void => {
    if (event.kind === 'progress') {
      stages.add(event.progress.stage);
    } else if (event.kind === 'frames' && !stages.has('rendering')) {
      found = event.indices;
    } else if (event.kind === 'frames') {
      computed.push(...event.indices);
      if (computed.length === stopAfter) {
        client.stop(jobId);
      }
    }
  };
  const request = { jobId, source, project, editId: 'edit' };
  const running: Promise<EditSummary> = client.edit(request, onEvent, new AbortController().signal);
  if (stopAfter === 0) {
    client.stop(jobId);
  }
  const code = await running.then(
    () => 'done',
    (error: unknown) => toAppError(error, 'internal/assert').code,
  );
  return { found, computed, stages: [...stages], code };
}

/** The job undisturbed, its pictures forgotten, and again with so many pauses, all in one worker. */
export async function pauseAndResume(model: string, pauses: number): Promise<PauseOutcome> {
  // A pause may take hold a batch or two late: some are left for the last run all the same.
  const frames = (pauses * 3 + 1) * BATCH;
  const source = await makeClip({ width: 192, height: 128, frames, frameRate: 24 });
  const client = new EngineClient({ choice: 'cpu', bankBytes: null }, () => undefined);
  const job = { client, source, model };
  const project = projectOf({ settings: { model, size: 64, steps: 2, anchors: 3 } });
  const request = { jobId: 'whole', source, project, editId: 'edit' };
  const { recipe, base } = await client.edit(
    request,
    () => undefined,
    new AbortController().signal,
  );
  const undisturbed = await hashPictures({ recipe, base });
  const store = await openPictureStore();
  await store.remove(recipe);
  await store.remove(base);
  const stoppedAtOnce = await runOnce(job, 0);
  const runs: PausedRun[] = [];
  for (let run = 0; run <= pauses; run++) {
    runs.push(await runOnce(job, run < pauses ? BATCH : null));
  }
  client.dispose();
  const pictures = await hashPictures({ recipe, base });
  return { frames, runs, stoppedAtOnce, undisturbed, pictures };
}
