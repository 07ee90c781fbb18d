import { EngineClient } from '../../src/app/engine-client.ts';
import { must } from '../../src/base/assert.ts';
import { isCancelled } from '../../src/base/error.ts';
import { createActivityMemory, noteActivity, sharedNow } from '../../src/protocol/activity.ts';
import type { EditSummary } from '../../src/protocol/engine.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { projectOf } from './engine.ts';
import { hashPictures } from './kill.ts';
import { makeClip } from './make-clip.ts';

/* The same edit with nobody at the page and with somebody who never stops, through the app's own way to the engine. */

export type GiveWayOutcome = {
  readonly frames: number;
  /** Milliseconds of the edit, model loaded. */
  readonly quietMs: number;
  readonly busyMs: number;
  /** From being told to stop to its end, under input. */
  readonly stopMs: number;
  /** SHA-256 by name and frame. */
  readonly quietPictures: Readonly<Record<string, string>>;
  readonly busyPictures: Readonly<Record<string, string>>;
};

const FRAMES = 8;
/** As quick as a hand. */
const INPUT_EVERY_MS = 40;
const STOP_AFTER_MS = 400;

export async function editUnderInput(model: string, size: number): Promise<GiveWayOutcome> {
  const memory = must(createActivityMemory() ?? undefined, 'shared memory');
  const client = new EngineClient({ choice: 'cpu', bankBytes: null }, () => undefined, memory);
  const source = await makeClip({ width: 192, height: 128, frames: FRAMES, frameRate: 24 });
  const project = projectOf({ settings: { model, size, steps: 2, anchors: 3 } });
  const store = await openPictureStore();
  const edit = (jobId: string): Promise<EditSummary> =>
    client.edit(
      { jobId, source, project, editId: 'edit' },
      () => undefined,
      new AbortController().signal,
    );
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const forget = async ({ recipe, base }: EditSummary): Promise<void> => {
    await store.remove(recipe);
    await store.remove(base);
  };
  const underInput = async (work: () => Promise<unknown>): Promise<number> => {
    const press = (): void => {
      noteActivity(memory, { lastInput: sharedNow(), isHeld: false });
    };
    press();
    const hand = setInterval(press, INPUT_EVERY_MS);
    try {
      return await timed(work);
    } finally {
      clearInterval(hand);
      noteActivity(memory, { lastInput: 0, isHeld: false });
    }
  };
  // The first one loads the model.
  const summary = await edit('load');
  await forget(summary);
  const quietMs = await timed(() => edit('quiet'));
  const quietPictures = await hashPictures(summary);
  await forget(summary);
  const busyMs = await underInput(() => edit('busy'));
  const busyPictures = await hashPictures(summary);
  await forget(summary);
  let stopMs = 0;
  await underInput(async () => {
    const ended = edit('stopped').catch((error: unknown) => {
      if (!isCancelled(error)) {
        throw error;
      }
    });
    await new Promise((resolve) => {
      setTimeout(resolve, STOP_AFTER_MS);
    });
    client.stop('stopped');
    stopMs = await timed(() => ended);
  });
  client.dispose();
  return { frames: FRAMES, quietMs, busyMs, stopMs, quietPictures, busyPictures };
}
