import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LengthRequest, LengthRun } from '../e2e/browser/length.ts';
import { openHarness, type Harness } from '../e2e/support/browser.ts';
import { storeTinyPackage, TINY } from '../e2e/support/tiny-package.ts';
import type { LengthOptions } from '../scripts/bench/options.ts';
import { assert } from '../src/base/assert.ts';
import type { RuntimeKind } from '../src/protocol/engine.ts';
import type { Figures, Print } from './benchmark.ts';
import { fitLine, type LinearFit } from '../scripts/bench/linear-fit.ts';

const FRAME_RATE = 24;
const SAMPLES = 16;
const WARM_UP_SECONDS = 20;
/** How far the largest peak may lie above the smallest. */
const MOST_GROWTH = 0.05;

type Clip = { readonly seconds: number; readonly path: string };

/** One runtime's figures, an entry per length. */
export type LengthFigures = {
  readonly seconds: readonly number[];
  /** JS heap, WebAssembly and GPU together. */
  readonly peakBytes: readonly number[];
  readonly heapBytes: readonly number[];
  readonly wasmBytes: readonly number[];
  readonly gpuBytes: readonly number[];
  readonly msPerFrame: readonly number[];
  /** The heap at 16 frames evenly spread over each clip. */
  readonly heapOverTime: readonly (readonly number[])[];
  /** Milliseconds of the whole edit by its frames. */
  readonly fit: LinearFit;
};

async function withHarness<T>(work: (harness: Harness) => Promise<T>): Promise<T> {
  const harness = await openHarness();
  try {
    return await work(harness);
  } finally {
    await harness.close();
  }
}

/** Clips that differ in nothing but how often the same two seconds come again. */
async function makeClips(folder: string, lengths: readonly number[]): Promise<Clip[]> {
  return await withHarness(async (harness) => {
    const clips: Clip[] = [];
    for (const [i, seconds] of lengths.entries()) {
      const path = join(folder, `${i}.mp4`);
      const file = await harness.call<string>(
        'e2e/browser/looped-clip.ts',
        'makeLoopedClip',
        seconds,
      );
      await writeFile(path, file, 'base64');
      clips.push({ seconds, path });
    }
    return clips;
  });
}

/** In a browser of its own: WebAssembly gives no memory back, so a second edit would hide in the first one's. */
async function runClip(
  clip: Clip,
  warmUp: Clip,
  runtime: RuntimeKind,
  size: number,
): Promise<LengthRun> {
  return await withHarness(async (harness) => {
    const devtools = await harness.page.context().newCDPSession(harness.page);
    await harness.page.exposeFunction('deltacutHeapBytes', async () => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { usedSize, backingStorageSize } = (await devtools.send('Runtime.getHeapUsage')) as {
        usedSize: number;
        backingStorageSize?: number;
      };
      return usedSize + (backingStorageSize ?? 0);
    });
    await storeTinyPackage(harness);
    const request: LengthRequest = {
      file: await harness.provideFile(clip.path),
      warmUp: await harness.provideFile(warmUp.path),
      frames: clip.seconds * FRAME_RATE,
      model: TINY,
      runtime,
      size,
      samples: SAMPLES,
    };
    return await harness.call<LengthRun>('e2e/browser/length.ts', 'runLength', request);
  });
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

function summarise(clips: readonly Clip[], runs: readonly LengthRun[]): LengthFigures {
  const milliseconds = runs.map((run) => run.seconds * 1000);
  return {
    seconds: clips.map((clip) => clip.seconds),
    peakBytes: runs.map((run) => run.heapBytes + run.wasmBytes + run.gpuBytes),
    heapBytes: runs.map((run) => run.heapBytes),
    wasmBytes: runs.map((run) => run.wasmBytes),
    gpuBytes: runs.map((run) => run.gpuBytes),
    msPerFrame: runs.map((run) => (run.seconds * 1000) / run.frames),
    heapOverTime: runs.map((run) => run.heap),
    fit: fitLine(
      runs.map((run) => run.frames),
      milliseconds,
    ),
  };
}

/** Which of the peaks grow by more than is allowed, in words. */
function growing(runtime: RuntimeKind, figures: LengthFigures): string[] {
  return (['heapBytes', 'wasmBytes', 'gpuBytes', 'peakBytes'] as const).flatMap((name) => {
    const values = figures[name];
    const growth = Math.max(...values) / Math.max(1, Math.min(...values)) - 1;
    const isFlat = growth <= MOST_GROWTH || Math.max(...values) === 0;
    return isFlat ? [] : [`${name} on ${runtime} differ by ${(growth * 100).toFixed(1)} %`];
  });
}

function printTable(print: Print, runtime: RuntimeKind, figures: LengthFigures): void {
  print(`${runtime}: length, JS heap, WASM, GPU, time per frame`);
  figures.seconds.forEach((seconds, i) => {
    const bytes = [figures.heapBytes, figures.wasmBytes, figures.gpuBytes].map((values) =>
      megabytes(values[i] ?? NaN).padStart(12),
    );
    const time = `${(figures.msPerFrame[i] ?? NaN).toFixed(1)} ms`.padStart(10);
    print(`${String(seconds).padStart(5)} s ${bytes.join('')} ${time}`);
  });
  const { slope, intercept, r2 } = figures.fit;
  print(
    `time = ${(intercept / 1000).toFixed(1)} s + ${slope.toFixed(1)} ms per frame (r² ${r2.toFixed(4)})`,
  );
}

/**
 * Edits of a short, a middle and a long clip by a tiny package: what they hold at most must not depend on the length.
 * The figures at the top are the last runtime's; each one's own stand in `runtimes`.
 */
export async function benchLength(print: Print, options: LengthOptions): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'deltacut-length-'));
  try {
    const [warmUp, ...clips] = await makeClips(folder, [WARM_UP_SECONDS, ...options.seconds]);
    assert(warmUp !== undefined, 'a clip to warm up with');
    const runtimes: Partial<Record<RuntimeKind, LengthFigures>> = {};
    const missed: string[] = [];
    let last: LengthFigures | null = null;
    for (const runtime of options.runtimes) {
      const runs: LengthRun[] = [];
      for (const clip of clips) {
        process.stderr.write(`${runtime}: ${clip.seconds} s\n`);
        runs.push(await runClip(clip, warmUp, runtime, options.size));
      }
      last = summarise(clips, runs);
      runtimes[runtime] = last;
      printTable(print, runtime, last);
      missed.push(...growing(runtime, last));
    }
    return { ...last, runtimes, missed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
