import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { dropFile, openApp, openStart, type AppPage } from './support/app-page.ts';

let app: AppPage;

beforeAll(async () => {
  app = await openApp({ width: 1024, height: 768 });
});

afterAll(async () => {
  await app.close();
});

/** Drops bytes that the test makes up, as a file. */
async function dropBytes(page: Page, bytes: readonly number[], name: string): Promise<void> {
  const url = await page.evaluate(
    (values) => URL.createObjectURL(new Blob([new Uint8Array(values)])),
    bytes,
  );
  await dropFile(page, url, name, 'video/mp4');
}

const prompt = (page: Page) => page.getByRole('combobox', { name: 'What should change' });

async function openSample(page: Page): Promise<void> {
  await openStart(app);
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await prompt(page).waitFor({ timeout: 20_000 });
}

/** An edit of the first three frames, by the keyboard alone. */
async function editThreeFrames(page: Page, words: string): Promise<void> {
  await page.getByRole('slider', { name: 'Playhead' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('o');
  await page.keyboard.press('/');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

describe('the page', () => {
  it.each([
    [
      'letter.mp4',
      [...Buffer.from('Dear reader, this is not a video. '.repeat(40))],
      'media/not-a-video',
    ],
    ['nothing.mp4', [], 'media/empty-file'],
    ['eight.mp4', [1, 2, 3, 4, 5, 6, 7, 8], 'media/not-a-video'],
  ])('says in a sentence why %s can’t be opened, and stays usable', async (name, bytes, code) => {
    const { page } = app;
    await page.goto(app.origin);
    await page.getByRole('button', { name: 'Try the sample' }).waitFor();
    await dropBytes(page, bytes, name);
    const alert = page.getByRole('alert');
    await alert.waitFor({ timeout: 30_000 });
    expect(await alert.textContent()).toContain(code);
    await page.getByRole('button', { name: 'Try the sample' }).waitFor();
    expect(await page.getByRole('button', { name: 'Try the sample' }).isEnabled()).toBe(true);
  });

  it('offers wishes, edits by keyboard, undoes the edit and brings it back with its result', async () => {
    const { page } = app;
    await openSample(page);
    await editThreeFrames(page, 'make it night');
    const done = page.getByText('All 3 frames edited.');
    await done.waitFor({ timeout: 120_000 });
    await page.keyboard.press('Escape');
    const bar = page.getByRole('button', { name: /Edit “make it night”.*3 of 3 frames edited/ });
    expect(await bar.count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await bar.waitFor({ state: 'detached', timeout: 10_000 });
    await page.getByRole('button', { name: 'Redo' }).click();
    // At once, with all frames: the result was found, not made again.
    await bar.waitFor({ timeout: 2_000 });
    expect(app.problems).toEqual([]);
  });

  it('cancels a running edit between steps and says what is kept', async () => {
    const { page } = app;
    await openSample(page);
    await prompt(page).fill('make it snow');
    await page.keyboard.press('Enter');
    const cancel = page
      .getByRole('complementary', { name: 'Inspector' })
      .getByRole('button', { name: 'Cancel' });
    await cancel.click({ timeout: 60_000 });
    await page.getByRole('button', { name: /^(Run|Carry on)$/ }).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('button', { name: /^(Run|Carry on)$/ }).isEnabled()).toBe(true);
    expect(app.problems).toEqual([]);
  });

  it('says what is missing to a browser that can’t run it', async () => {
    const { page } = app;
    const other = await page.context().newPage();
    try {
      await other.addInitScript(() => {
        delete (globalThis as { VideoDecoder?: unknown }).VideoDecoder;
      });
      await other.goto(app.origin);
      await other.getByRole('heading', { name: 'WebCodecs is missing' }).waitFor();
      expect(await other.getByRole('button', { name: 'Try the sample' }).count()).toBe(0);
    } finally {
      await other.close();
    }
  });
});
