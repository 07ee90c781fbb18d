import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Harness } from './support/browser.ts';
import { waitForFrames } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

const FRAMES = 9;

let harness: Harness;

beforeAll(async () => {
  harness = await openTinyApp();
}, 600_000);

afterAll(async () => {
  await harness.close();
});

describe('the amount in the inspector', () => {
  it('is that at the playhead, with its keyframes before and after', async () => {
    const { page } = harness;
    page.setDefaultTimeout(60_000);
    await openFreshSample(harness);
    await startEdit(page, 'make it night', FRAMES);
    await waitForFrames(page, 'make it night', 300_000);
    const slider = page.getByRole('slider', { name: 'Amount', exact: true });
    const amount = async () => Number(await slider.inputValue());
    const go = async (keys: readonly string[]) => {
      await page.locator('#viewer').focus();
      for (const key of keys) {
        await page.keyboard.press(key);
      }
    };
    const steps = (count: number) => Array.from({ length: count }, () => 'ArrowRight');

    // A keyframe at the begin, another at the eighth frame, where the amount becomes 0.
    await go(['Home', 'Alt+a', ...steps(8), 'Alt+a']);
    await page.getByText('2 keyframes').waitFor();
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await amount()).toBe(0);

    await go(['Home', ...steps(4)]);
    await expect.poll(amount).toBeCloseTo(0.5, 1);
    await page.getByRole('button', { name: 'Add a keyframe here' }).waitFor();
    await page.getByRole('button', { name: 'Keyframe after' }).click();
    await expect.poll(amount).toBe(0);
    await page.getByRole('button', { name: 'Remove this keyframe' }).waitFor();
    expect(await page.getByRole('button', { name: 'Keyframe after' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Keyframe before' }).click();
    await expect.poll(amount).toBe(1);
    expect(harness.problems).toEqual([]);
  }, 600_000);
});
