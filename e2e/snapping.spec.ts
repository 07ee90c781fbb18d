import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Harness } from './support/browser.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await openTinyApp();
  harness.page.setDefaultTimeout(60_000);
  await openFreshSample(harness);
  await startEdit(harness.page, 'make it night', 12);
  await bar(harness.page).first().waitFor();
  // The chosen span is the edit's own: without it the playhead is all there is nearby.
  await harness.page.getByRole('button', { name: /^Span/ }).first().waitFor();
}, 600_000);

afterAll(async () => {
  await harness.close();
});

const bar = (page: Page) => page.getByRole('button', { name: /^Edit “make it night”/ });
const line = (page: Page) => page.locator('.snap-line');

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  expect(box).not.toBeNull();
  return box ?? { x: 0, y: 0, width: 0, height: 0 };
}

async function seek(page: Page, frame: number): Promise<number> {
  const head = page.getByRole('slider', { name: 'Playhead' });
  await head.focus();
  await page.keyboard.press('Home');
  for (let at = 0; at < frame; at += 10) {
    await page.keyboard.press('Shift+ArrowRight');
  }
  await expect.poll(async () => await head.getAttribute('aria-valuenow')).toBe(String(frame));
  const { x } = await boxOf(page.locator('.playhead'));
  return x;
}

/** Drags the end of the bar so many pixels short of a place and says whether a line was seen before it was let go. */
async function dragEnd(page: Page, to: number): Promise<boolean> {
  const box = await boxOf(bar(page));
  const y = box.y + box.height * 0.4;
  await page.mouse.move(box.x + box.width - 3, y);
  await page.mouse.down();
  // The press was 3 px inside the bar's end.
  await page.mouse.move(to - 3, y, { steps: 6 });
  const isSeen = await line(page).isVisible();
  await page.mouse.up();
  await expect.poll(async () => await line(page).count()).toBe(0);
  return isSeen;
}

async function frames(page: Page): Promise<number> {
  const name = (await bar(page).getAttribute('aria-label')) ?? '';
  return Number(/ of (\d+) frames/.exec(name)?.[1]);
}

describe('snapping', () => {
  it('brings the end of an edit onto the playhead, with a line; Alt and the magnet keep it from that', async () => {
    const { page } = harness;
    const playhead = await seek(page, 30);
    expect(await dragEnd(page, playhead - 7)).toBe(true);
    await expect.poll(async () => await frames(page)).toBe(30);
    await page.getByRole('button', { name: /^Undo: Move edit/ }).click();

    await page.keyboard.down('Alt');
    expect(await dragEnd(page, playhead - 40)).toBe(false);
    await page.keyboard.up('Alt');
    await page.getByRole('button', { name: /^Undo: Move edit/ }).click();
    await expect.poll(async () => await frames(page)).toBe(12);

    await page.getByRole('button', { name: /^Snap while dragging/ }).click();
    expect(await dragEnd(page, playhead)).toBe(false);
    await page.getByRole('button', { name: /^Undo: Move edit/ }).click();
    await page.keyboard.press('Shift+S');
    expect(await dragEnd(page, playhead + 7)).toBe(true);
    await expect.poll(async () => await frames(page)).toBe(30);
  }, 180_000);

  it('brings a moved bar onto it by its nearer end', async () => {
    const { page } = harness;
    const playhead = await seek(page, 60);
    const box = await boxOf(bar(page));
    const y = box.y + box.height * 0.4;
    const by = playhead + 5 - (box.x + box.width);
    await page.mouse.move(box.x + box.width / 3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 3 + by, y, { steps: 6 });
    expect(await line(page).isVisible()).toBe(true);
    await page.mouse.up();
    await expect.poll(async () => (await boxOf(bar(page))).x + box.width).toBeCloseTo(playhead, 0);
    expect(await frames(page)).toBe(30);
    expect(harness.problems).toEqual([]);
  }, 180_000);
});
