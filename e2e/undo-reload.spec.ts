import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Harness } from './support/browser.ts';
import { prompt, waitForFrames, waitForSaving } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await openTinyApp();
  harness.page.setDefaultTimeout(60_000);
  await openFreshSample(harness);
}, 600_000);

afterAll(async () => {
  await harness.close();
});

describe('undo', () => {
  it('goes on after a reload, forth and back, and finds the pictures of an edit that was deleted', async () => {
    const { page } = harness;
    await startEdit(page, 'make it night', 6);
    await waitForFrames(page, 'make it night', 120_000);
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.getByRole('button', { name: /^Edit “make it night”/ }).click();
    await page.keyboard.press('Delete');
    await expect.poll(async () => await page.locator('[data-edit-lane]').count()).toBe(0);
    await page.keyboard.press('s');
    await page.getByRole('button', { name: /^Undo: Split/ }).waitFor();
    await page.keyboard.press('Control+z');
    await waitForSaving(page, 'Saved');

    await page.reload({ timeout: 120_000 });
    await prompt(page).waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: /^Redo: Split/ }).waitFor();
    await page.getByRole('button', { name: /^Undo: Remove/ }).click();
    await waitForFrames(page, 'make it night', 30_000);
    await page.getByRole('button', { name: /^Undo: Edit “make it night”/ }).click();
    await expect.poll(async () => await page.locator('[data-edit-lane]').count()).toBe(0);
    await page.getByRole('button', { name: 'Undo', exact: true }).waitFor();
    expect(harness.problems).toEqual([]);
  }, 300_000);
});
