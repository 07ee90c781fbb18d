import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openApp, type AppPage } from './support/app-page.ts';
import { seriousFaults } from './support/axe.ts';

let app: AppPage;

beforeAll(async () => {
  app = await openApp();
  // Opening, editing and axe itself take long on a busy machine; nothing here is about speed.
  app.page.setDefaultTimeout(120_000);
});

afterAll(async () => {
  await app.close();
});

/** Presses keys with the focus on the page itself, where commands listen. */
async function press(page: Page, keys: string): Promise<void> {
  await page.locator('#viewer').focus();
  await page.keyboard.press(keys);
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** The focus is on a button whose tooltip, when it has come, takes a press of its own. */
async function closeBehindTooltip(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      await page.keyboard.press('Escape');
      return await page.getByRole('dialog').count();
    })
    .toBe(0);
}

/** The words and buttons of a bar or box lie inside the window: nothing is cut off that can't be scrolled to. */
async function overflow(page: Page): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

describe('every screen and dialog', { timeout: 420_000 }, () => {
  it('of the start has no serious fault', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Try the sample' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    for (const [button, title] of [
      ['Projects', 'Projects'],
      ['Settings', 'Settings'],
    ] as const) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('heading', { name: title }).waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await closeDialog(page);
    }
  });

  it('of the editor has none, while typing, running and done', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Try the sample' }).click();
    const prompt = page.getByRole('combobox', { name: 'What should change' });
    await prompt.waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    await press(page, 'Home');
    await page.keyboard.press('i');
    await page.keyboard.press('o');
    await page.keyboard.press('/');
    await prompt.fill('make it b');
    expect(await seriousFaults(page)).toEqual([]);
    await prompt.fill('make it black and white');
    await page.keyboard.press('Enter');
    await page.getByText('make it black and white').first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page
      .getByText(/is done: 1 frame/)
      .first()
      .waitFor({ timeout: 300_000 });
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('that lies over the editor has none', async () => {
    const { page } = app;
    for (const [keys, role, name] of [
      ['Control+k', 'searchbox', 'Find a command'],
      ['?', 'searchbox', 'Search shortcuts by name or key'],
      ['Control+,', 'heading', 'Settings'],
      ['Control+e', 'heading', 'Export'],
    ] as const) {
      await press(page, keys);
      await page.getByRole(role, { name }).waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await closeDialog(page);
    }
  });

  it('that a button opens has none', async () => {
    const { page } = app;
    await page.getByRole('button', { name: /^Runtime:/ }).click();
    await page.getByRole('dialog').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await closeDialog(page);
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('button', { name: 'Models…' }).click();
    await page.getByRole('heading', { name: 'Models' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await closeDialog(page);
    await page.getByRole('button', { name: 'Projects', exact: true }).click();
    await page
      .getByRole('button', { name: /as a file$/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Export and download' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Export and download' }).waitFor({ state: 'detached' });
    await closeBehindTooltip(page);
  });

  it('has none in forced colours, at 1024 pixels and at twice the size, and is not cut off', async () => {
    const { page } = app;
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'no-preference' });
    // 200 % on a window of 1440 x 900 is a page of half as many pixels.
    for (const [width, height] of [
      [1024, 700],
      [720, 450],
    ] as const) {
      await page.setViewportSize({ width, height });
      // The timeline follows the window with the next layout.
      await expect.poll(async () => await overflow(page)).toBe(0);
      expect(await seriousFaults(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(app.problems).toEqual([]);
  });
});
