import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GiveWayOutcome } from './browser/give-way.ts';
import { finishedFrames, waitForFrames } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';
import type { Harness } from './support/browser.ts';
import { TINY } from './support/tiny-package.ts';

/** Of the person, and of the runs, under input without end. */
const TURN_MS = 3000;

let harness: Harness;

beforeAll(async () => {
  harness = await openTinyApp();
}, 600_000);

afterAll(async () => {
  await harness.close();
});

describe('an edit while the person is busy', () => {
  // The real autoencoder as well: picture by picture it has to make what it makes of a batch.
  it.each([
    [TINY, 64],
    ['starter', 256],
  ])(
    'goes on after a while, makes the same pictures and stops when told to: %s',
    async (...of) => {
      const outcome = await harness.call<GiveWayOutcome>(
        'e2e/browser/give-way.ts',
        'editUnderInput',
        ...of,
      );
      const { frames, quietMs, busyMs, stopMs, quietPictures, busyPictures } = outcome;
      process.stdout.write(
        `${frames} frames: ${quietMs.toFixed(0)} ms, under input ${busyMs.toFixed(0)} ms, stopped in ${stopMs.toFixed(0)} ms\n`,
      );
      expect(Object.keys(quietPictures)).toHaveLength(2 * frames);
      expect(busyPictures).toEqual(quietPictures);
      expect(busyMs).toBeGreaterThan(TURN_MS);
      expect(stopMs).toBeLessThan(TURN_MS);
    },
    600_000,
  );

  it('rests while keys are pressed on the page, and goes on by itself', async () => {
    const { page } = harness;
    page.setDefaultTimeout(60_000);
    await openFreshSample(harness);
    await startEdit(page, 'make it night', null);
    await expect
      .poll(() => finishedFrames(page, 'make it night'), { timeout: 60_000 })
      .toBeGreaterThan(0);
    await page.locator('#viewer').focus();
    const press = async (until: number): Promise<void> => {
      while (performance.now() < until) {
        await page.keyboard.press('ArrowRight');
        await page.waitForTimeout(30);
      }
    };
    // What was under way when the first key came still arrives.
    await press(performance.now() + 500);
    const before = await finishedFrames(page, 'make it night');
    expect(before).toBeLessThan(120);
    await press(performance.now() + TURN_MS / 2);
    expect((await finishedFrames(page, 'make it night')) - before).toBeLessThan(5);
    await waitForFrames(page, 'make it night', 300_000);
    expect(harness.problems).toEqual([]);
  }, 600_000);
});
