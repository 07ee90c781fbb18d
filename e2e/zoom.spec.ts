import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFile, openApp, openStart, type AppPage } from './support/app-page.ts';
import { prompt } from './support/saved-session.ts';

const SHEETS = process.env['DELTACUT_SHEETS'];
/** Pixels of the sample. */
const SOURCE_WIDTH = 854;

let app: AppPage;

beforeAll(async () => {
  app = await openApp({ width: 1280, height: 800 });
  await openStart(app);
  await dropFile(app.page, '/samples/meadow.webm', 'meadow.webm', 'video/webm');
  await prompt(app.page).waitFor({ timeout: 60_000 });
  await app.page.locator('#viewer').focus();
}, 180_000);

afterAll(async () => {
  await app.close();
});

async function boxOf(selector: string) {
  const box = await app.page.locator(selector).first().boundingBox();
  if (box === null) {
    throw new Error(`${selector} is not there`);
  }
  return box;
}

async function press(key: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    await app.page.keyboard.press(key);
  }
}

async function picture(name: string): Promise<void> {
  if (SHEETS !== undefined) {
    await mkdir(SHEETS, { recursive: true });
    await app.page.screenshot({ path: `${SHEETS}/${name}.png` });
  }
}

describe('zooming the timeline', () => {
  it('goes back with the first press, however often it was pressed before', async () => {
    const width = async () => (await boxOf('.cut')).width;
    await press('+', 30);
    const most = await width();
    await press('-');
    await expect.poll(width).toBeLessThan(most * 0.8);
    await press('Shift+Z');
  }, 60_000);
});

describe('looking closer at the picture', () => {
  it('keeps the place under the pointer, and draws the pixels of the source', async () => {
    const { page } = app;
    const whole = await boxOf('.picture');
    const at = { x: whole.x + whole.width * 0.25, y: whole.y + whole.height * 0.25 };
    await page.mouse.move(at.x, at.y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -333);
    await page.keyboard.up('Control');
    await expect
      .poll(async () => (await boxOf('.picture')).width / whole.width)
      .toBeGreaterThan(3.9);
    const near = await boxOf('.picture');
    expect((at.x - near.x) / near.width).toBeCloseTo(0.25, 2);
    expect((at.y - near.y) / near.height).toBeCloseTo(0.25, 2);
    await page.waitForTimeout(1_000);
    await picture('closer');
    const shot = page.locator('.picture__canvas');
    expect(await shot.evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBe(SOURCE_WIDTH);
  }, 60_000);

  it('is moved by the wheel and by keys, never beyond the picture’s edges', async () => {
    const { page } = app;
    const stage = await boxOf('.stage');
    await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
    await page.mouse.wheel(-5_000, -5_000);
    await expect.poll(async () => (await boxOf('.picture')).x).toBeCloseTo(stage.x, 0);
    expect((await boxOf('.picture')).y).toBeCloseTo(stage.y, 0);
    await press('Alt+Shift+ArrowRight', 2);
    await expect.poll(async () => (await boxOf('.picture')).x).toBeCloseTo(stage.x - 160, 0);
  }, 60_000);

  it('draws masks where the hand is', async () => {
    const { page } = app;
    const stage = await boxOf('.stage');
    const [left, top] = [stage.x + 200, stage.y + 120];
    await press('m');
    await press('r');
    await page.getByRole('application').waitFor();
    await page.mouse.move(left, top);
    await page.mouse.down();
    await page.mouse.move(left + 150, top + 90, { steps: 4 });
    await page.mouse.up();
    // The mask's bar takes room from the stage: what was drawn is compared with the picture, not with the page.
    const drawn = await boxOf('.mask-body');
    expect([drawn.width, drawn.height].map(Math.round)).toEqual([150, 90]);
    await page.waitForTimeout(1_000);
    await picture('closer-mask');
    await press('Alt+0');
    await expect.poll(async () => (await boxOf('.picture')).width).toBeLessThan(stage.width + 1);
    await picture('fit-mask');
    expect(app.problems).toEqual([]);
  }, 60_000);
});
