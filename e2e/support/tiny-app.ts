import type { Page } from 'playwright-core';
import { openHarness, type Harness } from './browser.ts';
import { storeTinyPackage, TINY } from './tiny-package.ts';

/** The page itself on a model of random weights that makes a frame in milliseconds: for what is about the editor. */
export async function openTinyApp(): Promise<Harness> {
  const harness = await openHarness();
  try {
    await storeTinyPackage(harness);
    await harness.page.setViewportSize({ width: 1440, height: 900 });
    await harness.page.evaluate((id) => {
      localStorage.setItem('deltacut.model', id);
    }, TINY);
    return harness;
  } catch (error) {
    await harness.close();
    throw error;
  }
}

const prompt = (page: Page) => page.getByRole('combobox', { name: 'What should change' });

/** The sample in a project of its own. */
export async function openFreshSample({ page, origin }: Harness): Promise<void> {
  await page.evaluate(() => {
    sessionStorage.setItem('deltacut.project', '');
  });
  await page.goto(origin, { timeout: 120_000 });
  await page.getByRole('button', { name: 'Try the sample' }).click({ timeout: 120_000 });
  await prompt(page).waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: /^Model: Tiny/i }).waitFor({ timeout: 120_000 });
}

/** An edit from the clip's begin, or of all of it, by the keyboard alone; its job starts. */
export async function startEdit(page: Page, words: string, frames: number | null): Promise<void> {
  await page.getByRole('slider', { name: 'Playhead' }).focus();
  await page.keyboard.press('Home');
  if (frames !== null) {
    for (let frame = 1; frame < frames; frame++) {
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('o');
  }
  await prompt(page).fill(words);
  await page.keyboard.press('Enter');
}
