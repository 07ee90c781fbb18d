import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Harness } from './support/browser.ts';
import { waitForFrames } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

let app: Harness;

beforeAll(async () => {
  app = await openTinyApp();
  // A system's file dialog can't be driven.
  await app.page.addInitScript(() => {
    delete (window as { showSaveFilePicker?: unknown }).showSaveFilePicker;
  });
  await openFreshSample(app);
});

afterAll(async () => {
  await app.close();
});

/** Does something with room for a few kilobytes only. */
async function withFullDisk(work: () => Promise<void>): Promise<void> {
  const { page, origin } = app;
  const session = await page.context().newCDPSession(page);
  const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 10_000 });
  try {
    await work();
  } finally {
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await session.detach();
  }
}

describe('a full disk', () => {
  it('fails an edit in words that help, and the edit goes on once there is room', async () => {
    const { page } = app;
    await withFullDisk(async () => {
      await startEdit(page, 'make it night', 4);
      const alert = page.getByRole('alert').filter({ hasText: 'store/quota' });
      await alert.waitFor({ timeout: 120_000 });
      const words = await alert.getByRole('paragraph').innerText();
      expect(words.replace('store/quota', '').trim()).toBe(
        'The disk space the browser allows is used up. Free some space and try again.',
      );
      await alert.getByRole('button', { name: 'Free space' }).click();
      const settings = page.getByRole('dialog', { name: 'Settings' });
      await settings.getByRole('button', { name: 'Clear unused' }).waitFor();
      await page.keyboard.press('Escape');
    });
    await page.getByRole('complementary').getByRole('button', { name: 'Try again' }).click();
    await waitForFrames(page, 'make it night', 120_000);
  });

  it('fails an export in the same words, and writes nothing', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('radio', { name: 'WebM' }).click({ force: true });
    await withFullDisk(async () => {
      await dialog.getByRole('button', { name: 'Export and download' }).click();
      const alert = dialog.getByRole('alert').filter({ hasText: 'store/quota' });
      await alert.waitFor({ timeout: 120_000 });
      expect(await alert.innerText()).toContain('The disk space the browser allows is used up.');
    });
    // What was chosen is still chosen, for another try.
    expect(await dialog.getByRole('radio', { name: 'WebM' }).isChecked()).toBe(true);
  });
});
