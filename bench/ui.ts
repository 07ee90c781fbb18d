import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openApp } from '../e2e/support/app-page.ts';
import { bar, editFirstFrames, finishedFrames, openSample } from '../e2e/support/saved-session.ts';
import { phaseTimes, quantile, type Phase } from '../scripts/bench/input-times.ts';
import { pageScripts } from '../scripts/bench/page-scripts.ts';
import { ROOT } from '../scripts/steps.ts';
import type { Figures, Print } from './benchmark.ts';
import {
  COMMON_INPUTS,
  EDIT_INPUTS,
  makeInputs,
  recordedInputs,
  recordInputs,
  type Inputs,
} from './ui-inputs.ts';
import { EDITS, LONG_CLIP_SECONDS, openLongProject, scrollTimeline } from './ui-long-project.ts';

const MOST_INPUT_TO_PAINT_MS = 50;
const MOST_JS_GZIP_BYTES = 350_000;
/** A 60 Hz screen, less a frame that is missed now and then. */
const LEAST_SCROLL_FPS = 55;
/** The sample's length in frames: longer than all inputs take. */
const RUNNING = 'make it black and white';
const WAITING = 'make it night';
const FIRST_FRAMES_MS = 400_000;

/** How the page feels: its own JavaScript, input to paint while an edit runs, and a long timeline of many edits. */
export async function benchUi(print: Print): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'deltacut-bench-ui-'));
  const app = await openApp();
  try {
    const { page } = app;
    page.setDefaultTimeout(120_000);
    const { jsGzipBytes, ...scripts } = await measureScripts(page, print);

    const running = await inputsWhileRunning(page);
    const inputToPaintP95Ms = quantile(
      running.flatMap(({ times }) => times),
      0.95,
    );
    print('  input to paint, while an edit runs');
    printTimes(print, running);

    await openLongProject(page, folder);
    print(`  ${LONG_CLIP_SECONDS / 60} minutes with ${EDITS} edits, nothing running`);
    const long = await timesOf(page, COMMON_INPUTS, () => Promise.resolve());
    const longInputToPaintP95Ms = quantile(
      long.flatMap(({ times }) => times),
      0.95,
    );
    printTimes(print, long);
    const { frames, mostLanes } = await scrollTimeline(page);
    const scrollFps = (1000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0);
    const scrollFrameP95Ms = quantile(frames, 0.95);
    print(
      `    scrolling ${scrollFps.toFixed(0)} frames/s, p95 ${scrollFrameP95Ms.toFixed(0)} ms a frame, ${mostLanes} lanes at most`,
    );
    const missed = [
      ...(inputToPaintP95Ms > MOST_INPUT_TO_PAINT_MS
        ? [`input to paint took ${inputToPaintP95Ms.toFixed(0)} ms, not ${MOST_INPUT_TO_PAINT_MS}`]
        : []),
      ...(jsGzipBytes > MOST_JS_GZIP_BYTES
        ? [`the page loads ${jsGzipBytes} bytes of JavaScript, not ${MOST_JS_GZIP_BYTES}`]
        : []),
      ...(scrollFps < LEAST_SCROLL_FPS
        ? [`scrolling reached ${scrollFps.toFixed(0)} frames/s, not ${LEAST_SCROLL_FPS}`]
        : []),
    ];
    return {
      inputToPaintP95Ms,
      jsGzipBytes,
      ...scripts,
      inputs: running.map(summaryOf),
      longInputToPaintP95Ms,
      longInputs: long.map(summaryOf),
      scrollFps,
      scrollFrameP95Ms,
      mostLanes,
      missed,
    };
  } finally {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens the sample on a page that was just loaded, and weighs the scripts that this took. */
async function measureScripts(page: Page, print: Print) {
  const requested = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/assets/') && pathname.endsWith('.js')) {
      requested.add(pathname.slice('/assets/'.length));
    }
  });
  await page.reload();
  await openSample(page);
  await page.getByRole('button', { name: /^Model: / }).waitFor();
  const all = await pageScripts(join(ROOT, 'dist'));
  const sum = (scripts: typeof all) =>
    scripts.reduce((bytes, { gzipBytes }) => bytes + gzipBytes, 0);
  const first = all.filter(({ name }) => requested.has(name));
  const [jsGzipBytes, allJsGzipBytes] = [sum(first), sum(all)];
  const kB = (bytes: number) => (bytes / 1000).toFixed(0);
  print(
    `  JavaScript of the page   ${kB(jsGzipBytes)} kB gzip in ${first.length} files to the open editor; ${kB(allJsGzipBytes)} kB in ${all.length} with all that is loaded later (workers apart)`,
  );
  return { jsGzipBytes, allJsGzipBytes };
}

type PhaseTimes = { readonly phase: Phase; readonly times: readonly number[] };

async function timesOf(
  page: Page,
  inputs: readonly Inputs[],
  check: (kind: string) => Promise<void>,
): Promise<readonly PhaseTimes[]> {
  await recordInputs(page);
  const phases: Phase[] = [];
  for (const one of inputs) {
    phases.push(await makeInputs(page, one));
    await check(one.kind);
  }
  const { events, moves } = await recordedInputs(page);
  return phases.map((phase) => {
    const times = phaseTimes(phase, events, moves);
    if (times.length === 0) {
      throw new Error(`no input was measured: ${phase.kind}`);
    }
    return { phase, times };
  });
}

/** On the open sample: one edit of all of it runs, another waits behind it and is worked on. */
async function inputsWhileRunning(page: Page): Promise<readonly PhaseTimes[]> {
  const prompt = page.getByRole('combobox', { name: 'What should change' });
  await prompt.fill(RUNNING);
  await page.keyboard.press('Enter');
  await bar(page, RUNNING).first().waitFor();
  await untilFramesCome(page);
  await editFirstFrames(page, WAITING, 24);
  await bar(page, WAITING).first().waitFor();
  return await timesOf(page, [...COMMON_INPUTS, ...EDIT_INPUTS], async (kind) => {
    if ((await page.getByRole('button', { name: /^Jobs: \d+ job/ }).count()) === 0) {
      const frames = await finishedFrames(page, RUNNING);
      throw new Error(`nothing runs any more after ${kind}, at ${frames} frames`);
    }
  });
}

async function untilFramesCome(page: Page): Promise<void> {
  const until = performance.now() + FIRST_FRAMES_MS;
  while ((await finishedFrames(page, RUNNING)) < 1) {
    if (performance.now() > until) {
      throw new Error('no frame was edited');
    }
    await page.waitForTimeout(500);
  }
}

function summaryOf({ phase, times }: PhaseTimes) {
  const [p50Ms, p95Ms] = [quantile(times, 0.5), quantile(times, 0.95)];
  return { kind: phase.kind, inputs: times.length, p50Ms, p95Ms, mostMs: Math.max(...times) };
}

function printTimes(print: Print, measured: readonly PhaseTimes[]): void {
  for (const one of [...measured.map(summaryOf), allOf(measured)]) {
    const { kind, inputs, p50Ms, p95Ms, mostMs } = one;
    print(
      `    ${kind.padEnd(24)} p95 ${p95Ms.toFixed(0).padStart(4)} ms, median ${p50Ms.toFixed(0).padStart(4)}, longest ${mostMs.toFixed(0).padStart(4)}, ${inputs} inputs`,
    );
  }
}

function allOf(measured: readonly PhaseTimes[]) {
  const times = measured.flatMap((one) => one.times);
  return summaryOf({ phase: { kind: 'all', from: 0, to: 0, presses: 0 }, times });
}
