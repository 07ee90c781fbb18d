import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openApp, type AppPage } from './support/app-page.ts';
import { starterWithReader } from './support/reader-package.ts';

const REMOVE =
  'The starter does not know “remove the car” (removing an object). An inpainting model would; bring one in under Models.';
/** Where to leave pictures of the page, for looking at. */
const SHEETS = process.env['DELTACUT_SHEETS'];

let app: AppPage;

beforeAll(async () => {
  const { files } = await starterWithReader();
  app = await openApp({ width: 1280, height: 800 });
  await app.page.context().route('**/models/starter/*', async (route) => {
    const path = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
    const bytes = files.get(path);
    if (bytes === undefined) {
      await route.continue();
      return;
    }
    const contentType = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    await route.fulfill({ body: Buffer.from(bytes), contentType });
  });
  await app.page.goto(app.origin);
  await app.page.getByRole('button', { name: 'Try the sample' }).click();
  await prompt(app.page).waitFor({ timeout: 30_000 });
});

afterAll(async () => {
  await app.close();
});

const prompt = (page: Page) => page.getByRole('combobox', { name: 'What should change' });
const notice = (page: Page) => page.locator('.prompt-hint[role=status]');

async function picture(name: string): Promise<void> {
  if (SHEETS !== undefined) {
    await mkdir(SHEETS, { recursive: true });
    await app.page.screenshot({ path: `${SHEETS}/${name}.png` });
  }
}

it('says at the prompt what the model does not know, politely and in the way of nothing', async () => {
  const { page } = app;
  await prompt(page).fill('remove the car');
  await page.getByText(REMOVE).waitFor({ timeout: 60_000 });
  expect(await notice(page).textContent()).toBe(REMOVE);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Edit', exact: true }).isEnabled()).toBe(true);
  await picture('unknown');
  // A list of wishes that opens lies below the sentence.
  const list = page.getByRole('listbox');
  await list.waitFor();
  const [said, offered] = [await notice(page).boundingBox(), await list.boundingBox()];
  expect(offered?.y).toBeGreaterThanOrEqual((said?.y ?? 0) + (said?.height ?? 0));
});

it('names what it leaves out of a prompt that is known in part', async () => {
  const { page } = app;
  await prompt(page).fill('at night, without the car');
  await page.getByText('knows a part').waitFor({ timeout: 30_000 });
  expect(await notice(page).textContent()).toContain(
    'knows a part of “at night, without the car” and leaves out removing an object.',
  );
  await picture('part');
});

it('says so of nonsense, and falls silent for what is known and for nothing', async () => {
  const { page } = app;
  const before = await prompt(page).boundingBox();
  await prompt(page).fill('flarb the wug');
  await page.getByText('does not know “flarb the wug”').waitFor({ timeout: 30_000 });
  // Two lines, and nothing moved.
  expect(await prompt(page).boundingBox()).toEqual(before);
  await picture('nonsense');
  await prompt(page).fill('make it night');
  await page.getByText('does not know').waitFor({ state: 'detached' });
  await page.waitForTimeout(2_000);
  expect(await page.getByText('does not know').count()).toBe(0);
  await prompt(page).fill('');
  await page.waitForTimeout(1_000);
  expect(await page.getByText('does not know').count()).toBe(0);
});

it('says it again where the edit runs, before its first frame, and runs it', async () => {
  const { page } = app;
  await page.getByRole('slider', { name: 'Playhead' }).focus();
  for (const key of ['Home', 'ArrowRight', 'o', '/']) {
    await page.keyboard.press(key);
  }
  await page.keyboard.type('remove the car');
  await page.keyboard.press('Enter');
  const message = page.getByRole('region', { name: 'Messages' });
  await message.getByText(REMOVE).waitFor({ timeout: 60_000 });
  expect(await message.textContent()).toContain('model/unknown-edit');
  expect(await page.getByText('All 2 frames edited.').count()).toBe(0);
  await picture('run');
  await page.getByText('All 2 frames edited.').waitFor({ timeout: 160_000 });
  expect(app.problems).toEqual([]);
});
