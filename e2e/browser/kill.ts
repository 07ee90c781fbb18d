import { EngineClient } from '../../src/app/engine-client.ts';
import { isCancelled } from '../../src/base/error.ts';
import { sha256 } from '../../src/base/hash.ts';
import type { EditSummary, JobEvent } from '../../src/protocol/engine.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { projectOf } from './engine.ts';
import { makeClip } from './make-clip.ts';

/* One edit whose worker is ended again and again at random moments, through the app's own way to the engine. */

export type KillOptions = {
  readonly model: string;
  readonly kills: number;
  readonly seed: number;
};

/** What one worker did: from its start to its end by us, or to the end of the job. */
export type Attempt = {
  /** Frames that had both pictures before, and what the engine said it had found. */
  readonly storedBefore: readonly number[];
  readonly found: readonly number[];
  /** Frames of each batch that was computed to its end. */
  readonly computed: readonly (readonly number[])[];
  /** Files of pictures that were there before and were written anew. */
  readonly rewritten: readonly string[];
  /** On the wall clock. */
  readonly killedAt: number | null;
};

export type KillOutcome = {
  readonly frames: number;
  readonly attempts: readonly Attempt[];
  readonly summary: EditSummary | null;
  /** SHA-256 by name and frame, of the undisturbed run and of this one. */
  readonly undisturbed: Readonly<Record<string, string>>;
  readonly pictures: Readonly<Record<string, string>>;
};

/** Frames of one graph run at 64 pixels. */
const BATCH = 8;
/** Batches that a worker may finish before it is ended; one more fits into the wait. */
const MOST_BATCHES = 3;

/** Numbers from 0 to below 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Job = { readonly source: File; readonly model: string };
type Recipe = { readonly recipe: string; readonly base: string };

function startEdit(
  client: EngineClient,
  { source, model }: Job,
  onEvent: (event: JobEvent) => void,
): Promise<EditSummary> {
  const project = projectOf({ settings: { model, size: 64, steps: 2, anchors: 3 } });
  const request = { jobId: crypto.randomUUID(), source, project, editId: 'edit' };
  return client.edit(request, onEvent, new AbortController().signal);
}

/** Hashes of all pictures of both names. */
export async function hashPictures(names: Recipe): Promise<Record<string, string>> {
  const store = await openPictureStore();
  const hashes: Record<string, string> = {};
  for (const [kind, name] of Object.entries(names)) {
    for (const frame of await store.frames(name)) {
      const picture = await store.get(name, frame);
      hashes[`${kind} ${frame}`] = picture === null ? 'damaged' : await sha256(picture.data);
    }
  }
  return hashes;
}

/** When each stored file of both names was written, by kind and frame. */
async function writeTimes(names: Recipe): Promise<Map<string, number>> {
  const root = await navigator.storage.getDirectory();
  const times = new Map<string, number>();
  for (const [kind, name] of Object.entries(names)) {
    const folder = await root
      .getDirectoryHandle('pictures')
      .then((pictures) => pictures.getDirectoryHandle(name))
      .catch(() => null);
    for await (const [file, handle] of folder?.entries() ?? []) {
      const { lastModified } = await (handle as FileSystemFileHandle).getFile();
      times.set(`${kind} ${parseInt(file, 10)}`, lastModified);
    }
  }
  return times;
}

function framesWithBoth(times: ReadonlyMap<string, number>): number[] {
  return [...times.keys()]
    .filter((key) => key.startsWith('recipe '))
    .map((key) => Number(key.slice('recipe '.length)))
    .filter((frame) => times.has(`base ${frame}`))
    .toSorted((a, b) => a - b);
}

/** When to end a worker: after so many of its batches (0: from its start), and so long after that. */
type Moment = { readonly batches: number; readonly delayMs: number };

type Pace = { readonly untilFirstMs: number; readonly perBatchMs: number };

function drawMoment(random: () => number, { untilFirstMs, perBatchMs }: Pace): Moment {
  const batches = Math.floor(random() * MOST_BATCHES);
  return { batches, delayMs: random() * (batches === 0 ? untilFirstMs : perBatchMs) };
}

async function attempt(
  job: Job,
  names: Recipe,
  moment: Moment | null,
): Promise<{ made: Attempt; summary: EditSummary | null }> {
  const client = new EngineClient({ choice: 'cpu', bankBytes: null }, () => undefined);
  const before = await writeTimes(names);
  const storedBefore = framesWithBoth(before);
  let found: readonly number[] = [];
  let waitsForFound = storedBefore.length > 0;
  const computed: (readonly number[])[] = [];
  let killedAt: number | null = null;
  const kill = (): void => {
    killedAt ??= Date.now();
    client.dispose();
  };
  const killSoon = (done: number): void => {
    if (moment !== null && done === moment.batches) {
      setTimeout(kill, moment.delayMs);
    } else if (moment !== null && done > moment.batches) {
      // Faster than it was in the undisturbed run: the clip must last for all kills.
      kill();
    }
  };
  killSoon(0);
  const summary = await startEdit(client, job, (event) => {
    if (event.kind !== 'frames') {
      return;
    }
    if (waitsForFound) {
      waitsForFound = false;
      found = event.indices;
      return;
    }
    computed.push(event.indices);
    killSoon(computed.length);
  }).catch((error: unknown) => {
    if (killedAt === null || !isCancelled(error)) {
      throw error;
    }
    return null;
  });
  client.dispose();
  const after = await writeTimes(names);
  const rewritten = [...before.keys()].filter((key) => before.get(key) !== after.get(key));
  return { made: { storedBefore, found, computed, rewritten, killedAt }, summary };
}

/** The job undisturbed, its pictures forgotten, and again with as many workers ended as asked for. */
export async function killAndResume(options: KillOptions): Promise<KillOutcome> {
  const { kills, model, seed } = options;
  const frames = Math.max(1, kills) * MOST_BATCHES * BATCH;
  const source = await makeClip({ width: 192, height: 128, frames, frameRate: 24 });
  const job = { source, model };
  const reference = new EngineClient({ choice: 'cpu', bankBytes: null }, () => undefined);
  const started = performance.now();
  const whole = await startEdit(reference, job, () => undefined);
  const total = performance.now() - started;
  reference.dispose();
  const names = { recipe: whole.recipe, base: whole.base };
  const undisturbed = await hashPictures(names);
  const store = await openPictureStore();
  await store.remove(names.recipe);
  await store.remove(names.base);

  const startMs = total - whole.seconds * 1000;
  const rest = (whole.seconds - whole.firstFrameSeconds) * 1000;
  const pace = {
    untilFirstMs: startMs + whole.firstFrameSeconds * 1000,
    perBatchMs: rest / (frames / BATCH),
  };
  const random = seeded(seed);
  const attempts: Attempt[] = [];
  let summary: EditSummary | null = null;
  while (summary === null) {
    const moment = attempts.length < kills ? drawMoment(random, pace) : null;
    const result = await attempt(job, names, moment);
    attempts.push(result.made);
    ({ summary } = result);
  }
  return { frames, attempts, summary, undisturbed, pictures: await hashPictures(names) };
}
