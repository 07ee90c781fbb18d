import type { Page, Worker } from 'playwright-core';
import { expect } from 'vitest';
import type { Attempt, KillOutcome } from '../browser/kill.ts';
import { openHarness } from './browser.ts';
import { storeTinyPackage, TINY } from './tiny-package.ts';

const isLeftPicture = (text: string) => text.startsWith('A VideoSample was garbage collected');

/** Warnings of decoded pictures that nobody closed, from now on: a function that tells them from threads that were alive. */
function hearLeftPictures(page: Page): (attempts: readonly Attempt[]) => readonly string[] {
  const engines: Worker[] = [];
  const warnings: { readonly text: string; readonly at: number; readonly worker: Worker | null }[] =
    [];
  page.on('worker', (worker) => {
    if (worker.url().includes('engine.worker')) {
      engines.push(worker);
    }
  });
  page.on('console', (message) => {
    if (isLeftPicture(message.text())) {
      warnings.push({
        text: message.text(),
        at: message.timestamp(),
        worker: message.worker(),
      });
    }
  });
  // One engine follows the other; the first makes the undisturbed run.
  const endOf = (worker: Worker | null, attempts: readonly Attempt[]): number =>
    (worker === null ? null : attempts[engines.indexOf(worker) - 1]?.killedAt) ?? Infinity;
  return (attempts) =>
    warnings
      .filter(({ at, worker }) => at < endOf(worker, attempts))
      .map(({ text, at }) => `${at}: ${text}`);
}

/**
 * A job whose worker is ended `kills` times at random moments: its pictures are those of an undisturbed run bit for
 * bit, and what was stored is neither computed nor written again.
 */
export async function checkKills(kills: number, seed: number): Promise<void> {
  const harness = await openHarness();
  try {
    const leftWhileAlive = hearLeftPictures(harness.page);
    await storeTinyPackage(harness);
    const outcome = await harness.call<KillOutcome>('e2e/browser/kill.ts', 'killAndResume', {
      model: TINY,
      kills,
      seed,
    });
    const { attempts, frames, pictures, undisturbed, summary } = outcome;
    expect(Object.keys(undisturbed)).toHaveLength(2 * frames);
    expect(pictures).toEqual(undisturbed);
    expect(new Set(Object.values(pictures)).size).toBeGreaterThan(frames);
    expect(attempts.filter(({ killedAt }) => killedAt !== null)).toHaveLength(kills);
    for (const { storedBefore, found, computed, rewritten } of attempts) {
      // A worker that died before it had looked has found nothing.
      expect([[], storedBefore]).toContainEqual(found);
      expect(rewritten).toEqual([]);
      const stored = new Set(storedBefore);
      const again = computed.filter((batch) => batch.every((frame) => stored.has(frame)));
      expect(again).toEqual([]);
    }
    const batches = attempts.flatMap(({ computed }) => computed.map((batch) => batch.join()));
    expect(new Set(batches).size).toBe(batches.length);
    const last = attempts.at(-1);
    expect(summary).toMatchObject({ frames, reused: last?.storedBefore.length });
    expect(harness.problems.filter((problem) => !isLeftPicture(problem))).toEqual([]);
    // A worker that is ended while it decodes ahead drops what it decoded: for a tenth of a second after `terminate()` the
    // browser may still collect that and run Mediabunny's warning in the dying thread, which nothing can close any more.
    expect(leftWhileAlive(attempts)).toEqual([]);
  } finally {
    await harness.close();
  }
}
