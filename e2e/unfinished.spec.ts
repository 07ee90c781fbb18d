import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Harness } from './support/browser.ts';
import { finishedFrames, prompt, waitForFrames } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

const EDIT = 'make it night';

let app: Harness;

beforeAll(async () => {
  app = await openTinyApp();
  await openFreshSample(app);
});

afterAll(async () => {
  await app.close();
});

it('a page that went in the middle of an edit says what is kept and offers the rest', async () => {
  const { page } = app;
  await startEdit(page, EDIT, 48);
  await expect.poll(() => finishedFrames(page, EDIT), { timeout: 120_000 }).toBeGreaterThan(0);
  await page.reload({ timeout: 120_000 });
  await prompt(page).waitFor({ timeout: 120_000 });
  const messages = page.getByRole('region', { name: 'Messages' });
  await messages.getByText(/“make it night” has \d+ of its 48 frames; they are kept\./).waitFor();
  await messages.getByRole('button', { name: 'Run the rest' }).click();
  await waitForFrames(page, EDIT, 120_000);
  expect(await finishedFrames(page, EDIT)).toBe(48);
  // Once there is nothing left to make, nothing is said.
  await page.reload({ timeout: 120_000 });
  await prompt(page).waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Project: Saved' }).waitFor();
  expect(await messages.getByRole('button', { name: 'Run the rest' }).count()).toBe(0);
});

it('an edit on top of one that is not made offers to make both', async () => {
  const { page } = app;
  await openFreshSample(app);
  await startEdit(page, 'make it dusk', 6);
  await page.getByRole('complementary').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('complementary').getByRole('button', { name: 'Run' }).waitFor();
  await startEdit(page, 'make it snow', 6);
  const inspector = page.getByRole('complementary');
  await inspector.getByText('edit/below-missing').waitFor({ timeout: 120_000 });
  await inspector.getByRole('button', { name: 'Run all edits' }).click();
  await waitForFrames(page, 'make it dusk', 120_000);
  await waitForFrames(page, 'make it snow', 120_000);
  expect(await finishedFrames(page, 'make it dusk')).toBe(6);
});
