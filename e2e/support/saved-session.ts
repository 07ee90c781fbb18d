import type { Page } from 'playwright-core';

/** What a person does with a saved project, and what they read off the page. */

export const prompt = (page: Page) => page.getByRole('combobox', { name: 'What should change' });

export async function openSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await prompt(page).waitFor({ timeout: 120_000 });
}

/** An edit of the first frames, by the keyboard alone; its job starts. */
export async function editFirstFrames(page: Page, words: string, frames: number): Promise<void> {
  await page.getByRole('slider', { name: 'Playhead' }).focus();
  await page.keyboard.press('Home');
  for (let frame = 1; frame < frames; frame++) {
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('o');
  await prompt(page).fill(words);
  await page.keyboard.press('Enter');
}

/** The bar of an edit on the timeline. */
export const bar = (page: Page, words: string) =>
  page.getByRole('button', { name: new RegExp(`Edit “${words}”`) });

/** Waits until the page calls all frames of an edit finished. */
export async function waitForFrames(page: Page, words: string, timeout: number): Promise<void> {
  const finished = new RegExp(`Edit “${words}”.*, (\\d+) of \\1 frames edited`);
  await page.getByRole('button', { name: finished }).first().waitFor({ timeout });
}

/** How many frames of an edit the page calls finished; -1 without the edit. */
export async function finishedFrames(page: Page, words: string): Promise<number> {
  const names = await bar(page, words).evaluateAll((found) =>
    found.map((one) => one.getAttribute('aria-label') ?? ''),
  );
  return names.length === 0
    ? -1
    : Math.max(...names.map((name) => Number(/(\d+) of \d+ frames/.exec(name)?.[1] ?? 0)));
}

const nameButton = (page: Page) => page.locator('button.project-name');

export async function projectName(page: Page): Promise<string> {
  return await nameButton(page).innerText();
}

export async function rename(page: Page, name: string): Promise<void> {
  await nameButton(page).click();
  await page.getByRole('textbox', { name: 'Project name' }).fill(name);
  await page.keyboard.press('Enter');
}

export async function waitForSaving(
  page: Page,
  state: 'Saved' | 'Not saved' | 'Read only',
): Promise<void> {
  await page.getByRole('button', { name: `Project: ${state}` }).waitFor({ timeout: 120_000 });
}
