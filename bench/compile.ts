import type { Figures, Print } from './benchmark.ts';
import { execFile, execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadedStep } from '../e2e/browser/model-load.ts';
import { openHarness } from '../e2e/support/browser.ts';
import { writeRandomCheckpoint } from '../scripts/random-checkpoint.ts';
import { ROOT } from '../scripts/steps.ts';

const SIZE = 256;

/** Files of a folder for a cross-origin isolated page. */
async function serveFolder(folder: string): Promise<{ server: Server; base: string }> {
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    const path = join(folder, new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = createReadStream(path);
    file.on('error', () => response.writeHead(404).end());
    file.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, base: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

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
  const { server, base } = await serveFolder(folder);
  const harness = await openHarness();
  let runPeakBytes = 0;
  const watch = setInterval(() => {
    runPeakBytes = Math.max(runPeakBytes, rendererBytes());
  }, 500);
  try {
    const step = await harness.call<LoadedStep>(
      'e2e/browser/model-load.ts',
      'loadAndStep',
      base,
      SIZE,
    );
    return { ...step, runPeakBytes };
  } finally {
    clearInterval(watch);
    await harness.close();
    server.close();
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
