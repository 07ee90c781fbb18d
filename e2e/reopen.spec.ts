import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type AppPage } from './support/app-page.ts';
import {
  bar,
  editFirstFrames,
  finishedFrames,
  openSample,
  projectName,
  prompt,
  rename,
  waitForFrames,
  waitForSaving,
} from './support/saved-session.ts';

const SAMPLE = fileURLToPath(new URL('../public/samples/meadow.webm', import.meta.url));
const WORDS = 'make it night';
/** One frame on two busy cores. */
const EDIT_MS = 400_000;
/** Where to leave pictures of the page, for looking at. */
const SHEETS = process.env['DELTACUT_SHEETS'];

let app: AppPage;

beforeEach(async () => {
  app = await openApp();
});

afterEach(async () => {
  await app.close();
});

async function picture(page: Page, name: string): Promise<void> {
  if (SHEETS !== undefined) {
    await mkdir(SHEETS, { recursive: true });
    await page.screenshot({ path: `${SHEETS}/${name}.png` });
  }
}

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Projects' });

describe('a project', { timeout: 900_000 }, () => {
  it('is there after a reload with its edits and finished frames, without being made again', async () => {
    const { page } = app;
    await openSample(page);
    await editFirstFrames(page, WORDS, 1);
    await waitForFrames(page, WORDS, EDIT_MS);
    await rename(page, 'Evening in the meadow');
    await waitForSaving(page, 'Saved');
    await picture(page, 'saved');
    await page.reload();
    await prompt(page).waitFor({ timeout: 60_000 });
    expect(await projectName(page)).toBe('Evening in the meadow');
    await bar(page, WORDS).first().waitFor({ timeout: 10_000 });
    expect(await finishedFrames(page, WORDS)).toBe(1);
    // The picture that is shown is the stored one, not the source with a mark.
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('Home');
    expect(await page.getByText('This frame isn’t edited yet').count()).toBe(0);
    expect(await page.getByText(/Big Buck Bunny/).count()).toBeGreaterThan(0);
    await picture(page, 'reopened');

    await page.getByRole('button', { name: 'Close this clip' }).click();
    await page.getByRole('button', { name: 'Evening in the meadow' }).waitFor({ timeout: 20_000 });
    await picture(page, 'start');
    await page.reload();
    await page.getByRole('button', { name: 'Evening in the meadow' }).click({ timeout: 20_000 });
    await bar(page, WORDS).first().waitFor({ timeout: 60_000 });
    expect(app.problems).toEqual([]);
  });

  it('has one tab that changes it; another looks, and takes over with the last change', async () => {
    const { page: one } = app;
    await openSample(one);
    await rename(one, 'before');
    await waitForSaving(one, 'Saved');
    const two = await one.context().newPage();
    await two.goto(app.origin);
    await waitForSaving(two, 'Read only');
    expect(await projectName(two)).toBe('before');
    await picture(two, 'read-only');
    await rename(two, 'stray');
    await two.getByRole('alert').getByText('store/locked').waitFor({ timeout: 20_000 });
    expect(await projectName(two)).toBe('before');

    const takeOver = async (page: Page): Promise<void> => {
      await page.getByRole('button', { name: 'Project: Read only' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Take over' }).click();
      await waitForSaving(page, 'Saved');
    };
    await rename(one, 'the last change of one');
    await takeOver(two);
    expect(await projectName(two)).toBe('the last change of one');
    await waitForSaving(one, 'Read only');
    await one.getByText(/Another tab took over this project/).waitFor();
    await picture(one, 'taken');
    await rename(two, 'the change of two');
    await rename(one, 'stray');
    await takeOver(one);
    expect(await projectName(one)).toBe('the change of two');
    await waitForSaving(two, 'Read only');
    expect(app.problems).toEqual([]);
  });

  it('stays in memory when the disk is full, is written when there is room, and asks for a clip that was not kept', async () => {
    const { page, origin } = app;
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await openSample(page);
    await waitForSaving(page, 'Not saved');
    await page.getByRole('alert').getByText('store/quota').waitFor();
    await rename(page, 'kept in memory');
    await picture(page, 'not-saved');
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await waitForSaving(page, 'Saved');

    await page.reload();
    const relink = page.getByRole('dialog', { name: /is missing/ });
    await relink.waitFor({ timeout: 60_000 });
    await picture(page, 'relink');
    const wrong = page.waitForEvent('filechooser');
    await relink.getByRole('button', { name: 'Relink' }).click();
    await (await wrong).setFiles({ name: 'x.webm', mimeType: '', buffer: Buffer.from('no') });
    await relink.getByText('media/other-file').waitFor();
    const right = page.waitForEvent('filechooser');
    await relink.getByRole('button', { name: 'Relink' }).click();
    await (await right).setFiles(SAMPLE);
    await prompt(page).waitFor({ timeout: 60_000 });
    expect(await projectName(page)).toBe('kept in memory');
    expect(app.problems).toEqual([]);
  });

  it('can be renamed, duplicated, opened and deleted in the list', async () => {
    const { page } = app;
    await openSample(page);
    await rename(page, 'First');
    await page.getByRole('button', { name: 'Projects', exact: true }).click();
    await dialog(page).getByText('First', { exact: true }).waitFor({ timeout: 20_000 });
    await dialog(page).getByRole('button', { name: 'Duplicate First' }).click();
    await dialog(page).getByText('First copy', { exact: true }).waitFor({ timeout: 20_000 });
    await dialog(page).getByRole('button', { name: 'Rename First copy' }).click();
    await page.keyboard.type('Second');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('Second', { exact: true }).waitFor({ timeout: 20_000 });
    await picture(page, 'projects');
    await dialog(page).getByRole('button', { name: 'Open Second' }).click();
    await page.getByRole('button', { name: /^Second/ }).waitFor({ timeout: 60_000 });
    expect(await projectName(page)).toBe('Second');

    await page.getByRole('button', { name: 'Projects', exact: true }).click();
    await dialog(page).getByRole('button', { name: 'Delete First' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await dialog(page).getByText('First', { exact: true }).waitFor({ state: 'detached' });
    await page.reload();
    await prompt(page).waitFor({ timeout: 60_000 });
    // The clip is kept as long as one project needs it.
    expect(await projectName(page)).toBe('Second');
    expect(app.problems).toEqual([]);
  });
});
