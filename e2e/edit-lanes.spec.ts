import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Harness } from './support/browser.ts';
import { waitForFrames } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await openTinyApp();
  harness.page.setDefaultTimeout(60_000);
  await openFreshSample(harness);
  await startEdit(harness.page, 'make it night', 12);
  await waitForFrames(harness.page, 'make it night', 120_000);
}, 600_000);

afterAll(async () => {
  await harness.close();
});

async function boxOf(
  locator: Locator,
): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  expect(box).not.toBeNull();
  return box ?? { x: 0, y: 0, width: 0, height: 0 };
}

/** Presses at one place and lets go at another, by way of a few between. */
async function drag(page: Page, from: [number, number], by: [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(from[0] + by[0], from[1] + by[1], { steps: 5 });
  await page.mouse.up();
}

/** The bar of an edit; undo buttons name edits as well. */
const bar = (page: Page, words: string) =>
  page.getByRole('button', { name: new RegExp(`^Edit “${words}”`) });

async function undo(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: `Undo: ${label}` }).click();
}

/** The names of the lanes, from the one applied first. */
async function lanes(page: Page): Promise<string[]> {
  return await page.locator('[data-edit-lane] .lane__label').allInnerTexts();
}

describe('the lane of an edit', () => {
  it('is moved and resized by dragging, one step of undo each; Escape takes a drag back', async () => {
    const { page } = harness;
    const night = bar(page, 'make it night');
    const before = await boxOf(night);
    // Between the amount's line and the anchors' pins, which are dragged by themselves.
    const y = before.y + before.height * 0.4;
    const grip: [number, number] = [before.x + before.width / 6, y];
    await drag(page, grip, [before.width, 0]);
    await bar(page, 'make it night')
      .and(page.getByRole('button', { name: /0\.5 to 1\.0 s/ }))
      .waitFor();
    await undo(page, 'Move edit');
    await bar(page, 'make it night')
      .and(page.getByRole('button', { name: /0\.0 to 0\.5 s/ }))
      .waitFor();

    await drag(page, [before.x + before.width - 3, y], [before.width, 0]);
    await page.getByRole('button', { name: /night”, 0\.0 to 1\.0 s, .* of 24 frames/ }).waitFor();
    await undo(page, 'Move edit');

    await page.mouse.move(...grip);
    await page.mouse.down();
    await page.mouse.move(grip[0] + 200, grip[1], { steps: 4 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await page.getByRole('button', { name: /night”, 0\.0 to 0\.5 s, 12 of 12 frames/ }).waitFor();
    expect(await page.getByRole('button', { name: /^Undo: Edit “make it night”/ }).count()).toBe(1);
  }, 180_000);

  it('draws the amount, which is keyframed on the bar by mouse and keys', async () => {
    const { page } = harness;
    // One value for all: the line as a whole goes down.
    const box = await boxOf(bar(page, 'make it night'));
    await drag(page, [box.x + box.width * 0.75, box.y + 7], [0, 15]);
    const amount = page.getByRole('textbox', { name: 'Amount, as a number' });
    await expect.poll(async () => await amount.inputValue()).toBe('50 %');
    await undo(page, 'Change amount');
    await expect.poll(async () => await amount.inputValue()).toBe('100 %');

    await page.keyboard.down('Alt');
    await page.mouse.click(box.x + box.width * 0.75, box.y + 22);
    await page.keyboard.up('Alt');
    const keys = page.getByRole('slider', { name: /^Amount at/ });
    await expect.poll(async () => await keys.count()).toBe(2);
    const last = keys.nth(1);
    const handle = await boxOf(last);
    await drag(page, [handle.x + handle.width / 2, handle.y + handle.height / 2], [0, 30]);
    await expect.poll(async () => await last.getAttribute('aria-valuenow')).toBe('0');
    await last.focus();
    await page.keyboard.press('Shift+ArrowUp');
    await expect.poll(async () => await last.getAttribute('aria-valuenow')).toBe('10');
    await page.keyboard.press('Enter');
    expect(await last.getAttribute('aria-valuetext')).toBe('10 %, then soft');
    await page.keyboard.press('Delete');
    await expect.poll(async () => await keys.count()).toBe(0);
    // It never needed a new run.
    expect(await page.getByText('All 12 frames edited.').count()).toBe(1);
  }, 180_000);

  it('shows anchors as pins that stay where they are put, until they are spread again', async () => {
    const { page } = harness;
    const pins = page.getByRole('slider', { name: /^Anchor \d of 4/ });
    const frames = async () =>
      await pins.evaluateAll((all) => all.map((pin) => Number(pin.getAttribute('aria-valuenow'))));
    expect(await frames()).toEqual([0, 4, 7, 11]);
    const pin = await boxOf(pins.nth(1));
    await drag(page, [pin.x + pin.width / 2, pin.y + pin.height / 2], [500, 0]);
    await expect.poll(frames).toEqual([0, 6, 7, 11]);
    await page.getByText('Changed since it was run.').waitFor();
    await pins.nth(1).focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(frames).toEqual([0, 5, 7, 11]);
    await pins.nth(1).dblclick();
    await expect.poll(frames).toEqual([0, 4, 7, 11]);
    await page.getByText('All 12 frames edited.').waitFor();
  }, 180_000);

  it('is duplicated, reordered by keys and by dragging its name, and shown alone', async () => {
    const { page } = harness;
    await page.keyboard.press('Escape');
    await bar(page, 'make it night').click();
    await page.keyboard.press('Control+d');
    await expect.poll(async () => await lanes(page)).toEqual(['make it night', 'make it night']);
    await page.getByRole('textbox', { name: 'Prompt of this edit' }).fill('make it snow');
    await page.getByRole('textbox', { name: 'Prompt of this edit' }).blur();
    await expect.poll(async () => await lanes(page)).toEqual(['make it night', 'make it snow']);
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(async () => await lanes(page)).toEqual(['make it snow', 'make it night']);
    await page.getByRole('button', { name: /Undo: Apply .* earlier/ }).click();
    const first = await boxOf(page.locator('[data-edit-lane] .lane__label').first());
    await drag(page, [first.x + 60, first.y + 20], [0, first.height * 1.4]);
    await expect.poll(async () => await lanes(page)).toEqual(['make it snow', 'make it night']);
    await page.getByRole('button', { name: /Undo: Apply .* later/ }).click();

    const solo = page.getByRole('button', { name: 'Solo: show “make it night” alone' });
    await solo.click();
    expect(await solo.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('.lane[data-dimmed]').count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await solo.click();
    expect(await page.locator('.lane[data-dimmed]').count()).toBe(0);
    expect(harness.problems).toEqual([]);
  }, 180_000);

  it('is scrolled to when its edit was just made, or was chosen in the inspector', async () => {
    const { page } = harness;
    await page.setViewportSize({ width: 1024, height: 700 });
    const timeline = page.getByRole('region', { name: 'Timeline' });
    const isInView = async (words: string): Promise<boolean> => {
      const [lane, window] = await Promise.all([boxOf(bar(page, words).first()), boxOf(timeline)]);
      // The ruler stays over the lanes.
      return lane.y >= window.y + 28 && lane.y + lane.height <= window.y + window.height;
    };
    for (const words of ['one', 'two', 'three']) {
      await startEdit(page, words, 3);
      await expect.poll(() => isInView(words)).toBe(true);
    }
    await page.keyboard.press('/');
    await page.getByRole('complementary').getByRole('button', { name: 'make it night' }).click();
    await expect.poll(() => isInView('make it night')).toBe(true);
    expect(await isInView('three')).toBe(false);
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});
