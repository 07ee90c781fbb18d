import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type AppPage } from './support/app-page.ts';

const SAMPLE = fileURLToPath(new URL('../public/samples/meadow.webm', import.meta.url));
/** More tab stops than any screen has: where one is not found by then, it can't be reached. */
const MOST_STOPS = 120;

let app: AppPage;

beforeAll(async () => {
  app = await openApp();
  // Nothing here is about speed.
  app.page.setDefaultTimeout(60_000);
});

afterAll(async () => {
  await app.close();
});

/** What has the focus, by role and name as a screen reader says them. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) {
      return 'nothing';
    }
    const labelled = (element.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ')
      .trim();
    const label = element.getAttribute('aria-label') ?? '';
    return (
      [label, labelled, element.textContent.trim()].find((text) => text !== '') ?? element.tagName
    );
  });
}

/** Presses Tab until what is wanted has the focus. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    const now = await focused(page);
    if (wanted.test(now)) {
      return;
    }
    seen.push(now);
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(wanted)} can't be reached by Tab. There were: ${seen.join(' | ')}`);
}

describe('by keyboard alone', { timeout: 600_000 }, () => {
  it('a file is opened, edited, looked at, undone, redone and exported', async () => {
    const { page } = app;
    const { keyboard } = page;
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();

    // The system's own dialog is the one thing that a test can't type into.
    await tabTo(page, /^Choose a file$/);
    const choosing = page.waitForEvent('filechooser');
    await keyboard.press('Enter');
    await (await choosing).setFiles(SAMPLE);
    await page.getByRole('combobox', { name: 'What should change' }).waitFor();

    // Opening ends in the prompt. The span is set on the playhead: two frames from the beginning.
    expect(await focused(page)).toBe('What should change');
    await tabTo(page, /^Playhead$/);
    await keyboard.press('Home');
    await keyboard.press('i');
    await keyboard.press('ArrowRight');
    await keyboard.press('o');
    await keyboard.press('/');
    expect(await focused(page)).toBe('What should change');
    await keyboard.type('make it night');
    await keyboard.press('Enter');
    await page
      .getByText(/is done: 2 frames/)
      .first()
      .waitFor({ timeout: 300_000 });

    await keyboard.press('Control+z');
    await page.getByRole('button', { name: /^Redo: / }).waitFor();
    await keyboard.press('Control+Shift+z');
    await page.getByRole('button', { name: /^Undo: / }).waitFor();

    // A command by its name, from wherever the focus is.
    await keyboard.press('Control+k');
    await page.getByRole('searchbox', { name: 'Find a command' }).waitFor();
    await keyboard.type('split view');
    await page.getByRole('menuitem', { name: 'Split view on, off' }).waitFor();
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await keyboard.press('Control+e');
    await page.getByRole('heading', { name: 'Export' }).waitFor();
    await tabTo(page, /^Export and download$/);
    const downloading = page.waitForEvent('download', { timeout: 170_000 });
    await keyboard.press('Enter');
    const path = await (await downloading).path();
    expect((await stat(path)).size).toBeGreaterThan(10_000);
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(app.problems).toEqual([]);
  });

  it('a key is changed, said where it is shown, refused where it is taken, and given back', async () => {
    const { page } = app;
    const { keyboard } = page;
    await keyboard.press('?');
    await page.getByRole('searchbox', { name: 'Search shortcuts by name or key' }).waitFor();
    await keyboard.type('loop');
    await tabTo(page, /^Change the key of Loop on, off/);
    await keyboard.press('Enter');
    await page.getByRole('textbox', { name: /^New key for Loop on, off/ }).waitFor();
    await keyboard.press('k');
    await page.getByText('K belongs to “Play or pause”.').waitFor();
    await keyboard.press('Control+Alt+l');
    await page.getByRole('button', { name: /now Ctrl Alt L$/ }).waitFor();

    // It is kept in this browser, and is what the key does.
    await page.reload();
    await page.getByRole('combobox', { name: 'What should change' }).waitFor();
    await keyboard.press('Control+Alt+l');
    await page.getByRole('button', { name: /Loop/, pressed: true }).waitFor();
    await keyboard.press('Control+l');
    await page.getByRole('button', { name: /Loop/, pressed: true }).waitFor();

    await tabTo(page, /^Playhead$/);
    await keyboard.press('?');
    await page.getByRole('searchbox', { name: 'Search shortcuts by name or key' }).waitFor();
    await tabTo(page, /^Reset all$/);
    await keyboard.press('Enter');
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await keyboard.press('Control+l');
    await page.getByRole('button', { name: /Loop/, pressed: false }).waitFor();
    expect(app.problems).toEqual([]);
  });
});
