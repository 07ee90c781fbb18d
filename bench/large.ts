import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LargeRequest, LargeRun } from '../e2e/browser/large.ts';
import { openHarness } from '../e2e/support/browser.ts';
import type { LargeOptions } from '../scripts/bench/options.ts';
import { writeRandomCheckpoint } from '../scripts/random-checkpoint.ts';
import { ROOT } from '../scripts/steps.ts';
import type { Figures, Print } from './benchmark.ts';
import { measureGflops, STATED_GFLOPS } from './gflops.ts';
import { watchTree } from './process-memory.ts';
import { serveFolder } from './serve-folder.ts';

const MODEL = 'large';
const FRAMES = 2;
/** What one WebAssembly memory may hold, and what the machine of the promise has. */
const MOST_WASM = 4 * 2 ** 30;
const MOST_BYTES = 8e9;

/** `<folder>/models/large`, made where it is missing: Stable Diffusion 1.5's layout, random weights, 8 bits. */
async function preparePackage(folder: string): Promise<void> {
  const target = join(folder, 'models', MODEL);
  if (existsSync(join(target, 'manifest.json'))) {
    return;
  }
  const checkpoint = join(folder, 'checkpoint');
  process.stderr.write('writing a checkpoint\n');
  await writeRandomCheckpoint(checkpoint);
  await mkdir(join(folder, 'models'), { recursive: true });
  process.stderr.write('compiling it\n');
  const run = [join(ROOT, 'scripts/run.mjs'), 'compile', checkpoint, '-o', target];
  await promisify(execFile)(process.execPath, [...run, '--quantize', 'q8', '--json']);
  await rm(checkpoint, { recursive: true, force: true });
}

async function runInPage(folder: string, size: number): Promise<LargeRun> {
  const served = await serveFolder(folder);
  const harness = await openHarness();
  try {
    harness.page.setDefaultTimeout(0);
    const request: LargeRequest = { base: `${served.base}/`, model: MODEL, frames: FRAMES, size };
    return await harness.call<LargeRun>('e2e/browser/large.ts', 'runLarge', request);
  } finally {
    await harness.close();
    served.close();
  }
}

function limits(run: LargeRun, peakBytes: number): string[] {
  const missed: string[] = [];
  if (run.edited !== FRAMES) {
    missed.push(`${run.edited} of ${FRAMES} frames were edited`);
  }
  if (run.wasmBytes > MOST_WASM) {
    missed.push('WebAssembly took more than 4 GB');
  }
  if (peakBytes > MOST_BYTES) {
    missed.push('browser and server together took more than 8 GB');
  }
  return missed;
}

/**
 * Two frames, one step, of a model as large as Stable Diffusion 1.5 with random weights at 8 bits, on the processor: does it
 * come to an end, in which time, in how much memory.
 */
export async function benchLarge(print: Print, options: LargeOptions): Promise<Figures> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'deltacut-large-')));
  try {
    await preparePackage(folder);
    const gflops = await measureGflops();
    const { result: run, peak: peakBytes } = await watchTree(() => runInPage(folder, options.size));
    const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
    const secondsScaled = (run.seconds * gflops) / STATED_GFLOPS;
    print(
      `${run.edited} frames, one step, ${options.size} px: ${run.seconds.toFixed(0)} s at ${gflops.toFixed(1)} GFLOP/s ` +
        `(${secondsScaled.toFixed(0)} s at ${STATED_GFLOPS})`,
    );
    for (const [stage, seconds] of Object.entries(run.stages)) {
      print(`  ${stage.padEnd(10)} ${seconds.toFixed(1).padStart(8)} s`);
    }
    print(`WebAssembly ${gigabytes(run.wasmBytes)}, all processes ${gigabytes(peakBytes)}`);
    return {
      size: options.size,
      gflops,
      ...run,
      secondsScaled,
      peakBytes,
      missed: limits(run, peakBytes),
    };
  } finally {
    if (options.folder === null) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
