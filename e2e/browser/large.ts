import { wasmBytesNow } from './wasm-memories.ts';
import { runEditJob } from '../../src/engine/edit-job.ts';
import { ModelCache } from '../../src/engine/model-cache.ts';
import { createHttpSource } from '../../src/engine/package-source.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import type { StageTimes } from '../../src/protocol/engine.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { projectOf } from './engine.ts';
import { makeClip } from './make-clip.ts';

/* One short edit with a package of full size, on the processor: for the benchmark of large models. */

export type LargeRequest = {
  /** Where `models/<model>/` is served. */
  readonly base: string;
  readonly model: string;
  readonly frames: number;
  readonly size: number;
};

export type LargeRun = {
  readonly edited: number;
  /** Model load included. */
  readonly seconds: number;
  readonly stages: StageTimes;
  readonly wasmBytes: number;
};

/** One step in mode `swap`, every frame an anchor; fails as the engine does. */
export async function runLarge({ base, model, frames, size }: LargeRequest): Promise<LargeRun> {
  const runtime = await createRuntime('cpu');
  const clock = new StageClock();
  const models = new ModelCache(runtime, clock, (id) => createHttpSource(id, new URL(base)));
  try {
    const summary = await runEditJob(
      {
        jobId: 'large',
        source: await makeClip({ width: size, height: size, frames, frameRate: 10 }),
        project: projectOf({ settings: { model, size, steps: 1, strength: 1, anchors: frames } }),
        editId: 'edit',
      },
      {
        runtime,
        models,
        clock,
        pictures: await openPictureStore(),
        bankBudget: 2 ** 29,
        batchesPerChunk: 1,
      },
      () => undefined,
      new AbortController().signal,
    );
    const { edited, seconds, stages } = summary;
    return { edited, seconds, stages, wasmBytes: wasmBytesNow() };
  } finally {
    models.dispose();
    runtime.dispose();
  }
}
