import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFile, openApp, openStart, type AppPage } from './support/app-page.ts';
import { prompt, waitForSaving } from './support/saved-session.ts';

let app: AppPage;

beforeAll(async () => {
  app = await openApp();
  await openStart(app);
  await dropFile(app.page, '/samples/meadow.webm', 'meadow.webm', 'video/webm');
  await prompt(app.page).waitFor({ timeout: 60_000 });
}, 180_000);

afterAll(async () => {
  await app.close();
});

const strokes = () => app.page.locator('.mask-svg .mask-stroke').count();
const chips = () => app.page.locator('.prompt .chip').allInnerTexts();
const undoName = () => app.page.getByRole('button', { name: /^Undo/ }).getAttribute('aria-label');

async function paint(height: number): Promise<void> {
  const { mouse } = app.page;
  const box = await app.page.locator('.picture').boundingBox();
  const at = (x: number) => (box?.x ?? 0) + x * (box?.width ?? 0);
  const y = (box?.y ?? 0) + height * (box?.height ?? 0);
  await mouse.move(at(0.2), y);
  await mouse.down();
  await mouse.move(at(0.7), y, { steps: 4 });
  await mouse.up();
}

describe('the edit that is about to be made', () => {
  it('has a mask that is drawn with undo and redo, in turn with the steps of the document', async () => {
    const { page } = app;
    await page.locator('#viewer').focus();
    await page.keyboard.press('m');
    await page.keyboard.press('b');
    await page.getByRole('application').waitFor();
    await paint(0.3);
    await paint(0.6);
    expect(await strokes()).toBe(2);
    expect(await undoName()).toBe('Undo: Change mask');
    await page.keyboard.press('Escape');

    for (let frame = 0; frame < 40; frame++) {
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Undo: Split' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect.poll(strokes).toBe(1);
    await page.keyboard.press('Control+z');
    await expect.poll(strokes).toBe(0);
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(strokes).toBe(2);
    await page.keyboard.press('Control+Shift+z');
    await page.getByRole('button', { name: 'Undo: Split' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect.poll(strokes).toBe(1);
  }, 120_000);

  it('is there after a reload: words, span and mask', async () => {
    const { page } = app;
    await page.keyboard.press('Home');
    for (let frame = 0; frame < 12; frame++) {
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('o');
    await prompt(page).fill('make it snow');
    const before = await chips();
    await waitForSaving(page, 'Saved');
    // 350 ms after the last change it is on the disk.
    await page.waitForTimeout(500);
    await page.reload();
    await prompt(page).waitFor({ timeout: 60_000 });
    expect(await prompt(page).inputValue()).toBe('make it snow');
    expect(await chips()).toEqual(before);
    await expect.poll(strokes).toBe(1);
    expect(app.problems).toEqual([]);
  }, 120_000);

  it('goes on in a tab that takes the project over, where one was', async () => {
    const { page, origin } = app;
    await prompt(page).fill('');
    await page.locator('#viewer').focus();
    await page.getByRole('button', { name: /^Mask:/ }).click();
    await page.getByRole('menuitem', { name: 'Whole frame' }).click();
    await expect.poll(strokes).toBe(0);
    await waitForSaving(page, 'Saved');
    await page.waitForTimeout(500);

    const other = await page.context().newPage();
    await other.goto(origin);
    await prompt(other).waitFor({ timeout: 60_000 });
    const playhead = other.getByRole('slider', { name: 'Playhead' });
    await playhead.focus();
    for (let frame = 0; frame < 7; frame++) {
      await other.keyboard.press('ArrowRight');
    }
    await prompt(other).fill('make it rain');
    await other.getByRole('button', { name: 'Take over' }).first().click();
    await waitForSaving(other, 'Saved');
    expect(await prompt(other).inputValue()).toBe('make it rain');
    expect(await playhead.getAttribute('aria-valuenow')).toBe('7');
    expect(app.problems).toEqual([]);
  }, 120_000);
});
