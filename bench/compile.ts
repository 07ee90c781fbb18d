import type { Figures, Print } from './benchmark.ts';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadedStep } from '../e2e/browser/model-load.ts';
import { openHarness } from '../e2e/support/browser.ts';
import { writeRandomCheckpoint } from '../scripts/random-checkpoint.ts';
import { ROOT } from '../scripts/steps.ts';
import { serveFolder } from './serve-folder.ts';

const SIZE = 256;

/** Memory of the largest renderer process now, 0 where `ps` does not exist. */
function rendererBytes(): number {
  try {
    const lines = execFileSync('ps', ['-eo', 'rss,args'], { encoding: 'utf8' }).split('\n');
    const renderers = lines.filter((line) => line.includes('--type=renderer'));
    return Math.max(0, ...renderers.map((line) => Number.parseInt(line, 10) * 1024));
  } catch {
    return 0;
  }
}

async function runInPage(folder: string): Promise<LoadedStep & { readonly runPeakBytes: number }> {
  const served = await serveFolder(folder);
  const harness = await openHarness();
  let runPeakBytes = 0;
  const watch = setInterval(() => {
    runPeakBytes = Math.max(runPeakBytes, rendererBytes());
  }, 500);
  try {
    const step = await harness.call<LoadedStep>(
      'e2e/browser/model-load.ts',
      'loadAndStep',
      served.base,
      SIZE,
    );
    return { ...step, runPeakBytes };
  } finally {
    clearInterval(watch);
    await harness.close();
    served.close();
  }
}

/**
 * A full-size Stable Diffusion 1.5 layout with random weights: compiled in a process of its own, then loaded on the CPU
 * runtime and run for one step.
 */
export async function benchCompile(print: Print): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'deltacut-compile-'));
  try {
    const weights = await writeRandomCheckpoint(join(folder, 'checkpoint'));
    const command = [
      join(ROOT, 'scripts/run.mjs'),
      'compile',
      join(folder, 'checkpoint'),
      '-o',
      join(folder, 'package'),
      '--json',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    const compiled = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
    const ran = await runInPage(join(folder, 'package'));
    const gigabytes = (bytes: number | undefined): string =>
      `${((bytes ?? 0) / 1e9).toFixed(2)} GB`;
    print(
      `${(weights / 1e6).toFixed(0)} M weights, ${gigabytes(compiled['bytesIn'])} to ${gigabytes(compiled['bytesOut'])} ` +
        `in ${String(Math.round(compiled['seconds'] ?? 0))} s with ${gigabytes(compiled['peakBytes'])} of memory`,
    );
    print(
      `loaded in ${ran.loadSeconds.toFixed(1)} s, one step at ${String(SIZE)} px in ${ran.stepSeconds.toFixed(1)} s, ` +
        `${gigabytes(ran.runPeakBytes)} of memory, ${ran.isFinite ? 'finite' : 'NOT FINITE'}`,
    );
    return { weights, ...compiled, ...ran };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
