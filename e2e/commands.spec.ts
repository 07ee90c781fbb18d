import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, openStart, type AppPage } from './support/app-page.ts';
import { prompt } from './support/saved-session.ts';

const SAMPLE = fileURLToPath(new URL('../public/samples/meadow.webm', import.meta.url));

let app: AppPage;

beforeAll(async () => {
  app = await openApp();
  app.page.setDefaultTimeout(60_000);
  await openStart(app);
}, 180_000);

afterAll(async () => {
  await app.close();
});

const pieces = () => app.page.locator('.piece__head').count();

/** Where nothing was clicked or typed before, a screen reader is taken to be at work, and the field has the focus late. */
async function openPalette(): Promise<void> {
  await app.page.locator('#viewer').focus();
  await app.page.keyboard.press('Control+k');
  await app.page.locator('.palette__search input:focus').waitFor();
}

describe('several files', () => {
  it('are opened one behind the other', async () => {
    const { page } = app;
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a file' }).click();
    await (await chooser).setFiles([SAMPLE, SAMPLE]);
    await prompt(page).waitFor();
    await expect.poll(pieces, { timeout: 60_000 }).toBe(2);
    await page.locator('#viewer').focus();
  }, 120_000);
});

describe('without pointing', () => {
  it('clips are added, by name in the palette or by their key', async () => {
    const { page } = app;
    for (const [index, ask] of [
      async () => {
        await openPalette();
        await page.keyboard.type('add clips');
        await page.keyboard.press('Enter');
      },
      async () => {
        await page.keyboard.press('Control+i');
      },
    ].entries()) {
      const chooser = page.waitForEvent('filechooser');
      await ask();
      await (await chooser).setFiles(SAMPLE);
      await expect.poll(pieces, { timeout: 60_000 }).toBe(3 + index);
    }
  }, 120_000);

  it('a command is chosen by its letters, however late the list follows them', async () => {
    const { page } = app;
    const devtools = await page.context().newCDPSession(page);
    await openPalette();
    await page.keyboard.type('se');
    await page.locator('[aria-label="Find a command"][aria-activedescendant]').waitFor();
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 20 });
    await page.keyboard.type('ttings');
    await page.keyboard.press('Enter');
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await devtools.detach();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  }, 120_000);

  it('a command is gone to by arrows', async () => {
    const { page } = app;
    const titles = page.locator('.palette__title');
    const marked = () => page.locator('.palette__row[data-focused] .palette__title').textContent();
    await openPalette();
    await page.keyboard.type('look');
    await expect.poll(marked).toBe('Look closer');
    const second = await titles.nth(1).textContent();
    await page.keyboard.press('ArrowDown');
    await expect.poll(marked).toBe(second);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await openPalette();
    await titles.first().waitFor();
    expect(await titles.first().textContent(), 'what was done last').toBe(second);
    await page.keyboard.press('Escape');
  }, 60_000);

  it('the project is renamed', async () => {
    const { page } = app;
    await page.locator('#viewer').focus();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Project name' }).waitFor();
    await page.keyboard.type('Three meadows');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.project-name').textContent()).toBe('Three meadows');
  }, 60_000);

  it('cuts are gone to while the playhead has the focus', async () => {
    const { page } = app;
    const playhead = page.getByRole('slider', { name: 'Playhead' });
    await playhead.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => playhead.getAttribute('aria-valuenow')).toBe('120');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => playhead.getAttribute('aria-valuenow')).toBe('119');
    expect(app.problems).toEqual([]);
  }, 60_000);
});
