import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PauseOutcome } from './browser/pause.ts';
import type { Harness } from './support/browser.ts';
import { finishedFrames, waitForFrames } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';
import { TINY } from './support/tiny-package.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await openTinyApp();
}, 600_000);

afterAll(async () => {
  await harness.close();
});

describe('a job that is paused', () => {
  it('goes on without computing a frame twice, with the model loaded, to the same pictures', async () => {
    const outcome = await harness.call<PauseOutcome>(
      'e2e/browser/pause.ts',
      'pauseAndResume',
      TINY,
      3,
    );
    const { frames, runs, stoppedAtOnce, undisturbed, pictures } = outcome;
    expect(stoppedAtOnce).toMatchObject({ code: 'job/cancelled', computed: [] });
    expect(runs.map(({ code }) => code)).toEqual([
      'job/cancelled',
      'job/cancelled',
      'job/cancelled',
      'done',
    ]);
    const computed = runs.flatMap((run) => run.computed);
    expect(computed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: frames }, (_, i) => i));
    // Each run finds what those before it made.
    const made = runs.map((run) => run.computed.length);
    expect(runs.map(({ found }) => found.length)).toEqual(
      made.map((_, run) => made.slice(0, run).reduce((sum, count) => sum + count, 0)),
    );
    expect(runs.flatMap(({ stages }) => stages)).not.toContain('loading-model');
    expect(pictures).toEqual(undisturbed);
  }, 600_000);
});

describe('jobs on the page', () => {
  it('are listed, pause, go on, are cancelled, and say what is kept', async () => {
    const { page } = harness;
    page.setDefaultTimeout(60_000);
    await openFreshSample(harness);
    await startEdit(page, 'make it night', null);
    await page.getByRole('button', { name: /^Jobs: 1 job/ }).click();
    const list = page.getByRole('dialog', { name: 'Jobs' });
    await list.getByRole('button', { name: 'Pause “make it night”' }).click();
    await list.getByText(/^Paused/).waitFor();
    const kept = await finishedFrames(page, 'make it night');
    expect(kept).toBeLessThan(120);

    await list.getByRole('button', { name: 'Resume “make it night”' }).click();
    await list.getByText(/Rendering/).waitFor();
    expect(await finishedFrames(page, 'make it night')).toBeGreaterThanOrEqual(kept);
    await list.getByRole('button', { name: 'Cancel “make it night”' }).click();
    await list.getByText(/^Cancelled/).waitFor();
    // A tooltip on what has the focus now takes the first Escape.
    for (let press = 0; press < 2 && (await list.isVisible()); press++) {
      await page.keyboard.press('Escape');
    }
    await list.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: /^(Run|Carry on)$/ }).click();
    await page.keyboard.press('Shift+P');
    await page.getByRole('button', { name: 'Jobs: 1 paused' }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await waitForFrames(page, 'make it night', 300_000);
    expect(await page.getByText('All 120 frames edited.').count()).toBe(1);
    expect(harness.problems).toEqual([]);
  }, 600_000);

  it('end when the edit they were for is changed, and paused ones as well', async () => {
    const { page } = harness;
    await openFreshSample(harness);
    await startEdit(page, 'make it snow', null);
    await page.keyboard.press('Shift+P');
    await page.getByRole('button', { name: 'Jobs: 1 paused' }).waitFor();
    await page.getByRole('button', { name: 'Another seed' }).click();
    await page.getByRole('button', { name: 'Jobs', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /paused/ }).count()).toBe(0);
  }, 300_000);

  it('goes back in the history without computing anything again', async () => {
    const { page } = harness;
    await openFreshSample(harness);
    await startEdit(page, 'make it autumn', 3);
    await waitForFrames(page, 'make it autumn', 120_000);
    await page.getByRole('button', { name: 'Another seed' }).click();
    await page.getByText('Changed since it was run.').waitFor();
    await page.keyboard.press('Shift+H');
    const steps = page.getByRole('listbox', { name: 'Steps, newest first' });
    const names = await steps.getByRole('option').allInnerTexts();
    expect(names.map((name) => name.split('\n')[0])).toEqual([
      'Change seed',
      'Edit “make it autumn”',
      'Opened',
    ]);
    await steps.getByRole('option', { name: 'Edit “make it autumn”' }).click();
    await page.keyboard.press('Escape');
    await page.getByText('All 3 frames edited.').waitFor({ timeout: 10_000 });
    await page.keyboard.press('Shift+H');
    await steps.getByRole('option', { name: 'Opened' }).click();
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: /^Edit “make it autumn”/ })
      .waitFor({ state: 'detached' });
  }, 300_000);
});
