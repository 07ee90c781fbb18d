import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Harness } from './support/browser.ts';
import { waitForFrames } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

const SHEETS = process.env['DELTACUT_SHEETS'];

let harness: Harness;

beforeAll(async () => {
  harness = await openTinyApp();
  harness.page.setDefaultTimeout(60_000);
  await openFreshSample(harness);
  await startEdit(harness.page, 'make it night', 24);
  await waitForFrames(harness.page, 'make it night', 120_000);
}, 600_000);

afterAll(async () => {
  await harness.close();
});

async function goTo(frame: number): Promise<void> {
  const { page } = harness;
  await page.getByRole('slider', { name: 'Playhead' }).focus();
  await page.keyboard.press('Home');
  for (let at = 0; at < frame; at++) {
    await page.keyboard.press('ArrowRight');
  }
}

const names = () =>
  harness.page
    .locator('.mask-key')
    .evaluateAll((keys) => keys.map((key) => key.getAttribute('aria-label')));

describe('keyframes of a mask', () => {
  it('are made, gone to, eased, copied, pasted and deleted by pointing alone', async () => {
    const { page } = harness;
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await goTo(0);
    await page.getByRole('button', { name: /^Edit “make it night”/ }).click();
    await page.keyboard.press('m');
    await page.keyboard.press('o');
    await page.getByRole('application').waitFor();
    const box = await page.locator('.picture').boundingBox();
    const at = (x: number, y: number) =>
      [(box?.x ?? 0) + x * (box?.width ?? 0), (box?.y ?? 0) + y * (box?.height ?? 0)] as const;
    await page.mouse.move(...at(0.2, 0.2));
    await page.mouse.down();
    await page.mouse.move(...at(0.5, 0.6), { steps: 4 });
    await page.mouse.up();
    await goTo(12);
    await button('Add a mask keyframe here').click();
    const made = ['Mask keyframe at 0.0 s, linear', 'Mask keyframe at 0.5 s, linear'];
    expect(await names()).toEqual(made);

    await button('Mask keyframe before').click();
    const playhead = page.getByRole('slider', { name: 'Playhead' });
    await expect.poll(() => playhead.getAttribute('aria-valuenow')).toBe('0');
    await page.locator('.mask-key').first().click();
    const menu = page.getByRole('button', { name: /^Selected mask keyframes/ });
    const choose = async (name: RegExp) => {
      await menu.click();
      await page.getByRole('menuitem', { name }).click();
    };
    await choose(/^Hold/);
    await choose(/^Copy/);
    await goTo(6);
    await choose(/^Paste/);
    expect(await names()).toEqual([
      'Mask keyframe at 0.0 s, hold',
      'Mask keyframe at 0.3 s, hold',
      made[1],
    ]);
    if (SHEETS !== undefined) {
      await mkdir(SHEETS, { recursive: true });
      await menu.click();
      await page.setViewportSize({ width: 1024, height: 700 });
      await page.waitForTimeout(1_000);
      await page.screenshot({ path: `${SHEETS}/mask-keyframes-1024.png` });
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.keyboard.press('Escape');
    }
    await choose(/^Delete/);
    await button('Mask keyframe after').click();
    await button('Remove this mask keyframe').click();
    expect(await names()).toEqual(['Mask keyframe at 0.0 s, hold']);
    expect(harness.problems).toEqual([]);
  }, 180_000);
});
