import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteSize } from '../src/app/time.ts';
import type { Harness } from './support/browser.ts';
import { rename, waitForFrames, waitForSaving } from './support/saved-session.ts';
import { openFreshSample, openTinyApp, startEdit } from './support/tiny-app.ts';

let app: Harness;

beforeAll(async () => {
  app = await openTinyApp();
  await openFreshSample(app);
  await startEdit(app.page, 'make it night', 4);
  await waitForFrames(app.page, 'make it night', 120_000);
  await rename(app.page, 'Meadow');
  await waitForSaving(app.page, 'Saved');
});

afterAll(async () => {
  await app.close();
});

const list = (page: Page) => page.getByRole('dialog', { name: 'Projects' });
const row = (page: Page, name: string) =>
  list(page)
    .getByRole('listitem')
    .filter({ has: page.getByText(name, { exact: true }) });

async function showList(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Projects', exact: true }).click();
  await row(page, 'Meadow').waitFor();
}

/** Bytes of all files under these folders of the origin's storage. */
async function bytesOnDisk(page: Page, folders: readonly string[]): Promise<number> {
  return await page.evaluate(async (names) => {
    const sum = async (folder: FileSystemDirectoryHandle): Promise<number> => {
      let bytes = 0;
      for await (const handle of folder.values()) {
        bytes +=
          handle.kind === 'directory'
            ? await sum(handle as FileSystemDirectoryHandle)
            : (await (handle as FileSystemFileHandle).getFile()).size;
      }
      return bytes;
    };
    const root = await navigator.storage.getDirectory();
    let bytes = 0;
    for (const name of names) {
      bytes += await sum(await root.getDirectoryHandle(name));
    }
    return bytes;
  }, folders);
}

describe('the list of projects', () => {
  it('marks the open one, which has no button that would do nothing', async () => {
    const { page } = app;
    await showList(page);
    const open = row(page, 'Meadow');
    expect(await open.getAttribute('aria-current')).toBe('true');
    expect(await open.getByText('Open here').count()).toBe(1);
    expect(await open.getByRole('button', { name: 'Open Meadow' }).count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('says what each takes on the disk, with its clip and finished frames', async () => {
    const { page } = app;
    await showList(page);
    const bytes = await bytesOnDisk(page, ['projects', 'clips', 'pictures']);
    expect(bytes).toBeGreaterThan(1e6);
    await row(page, 'Meadow').getByText(byteSize(bytes)).waitFor({ timeout: 20_000 });
    await page.keyboard.press('Escape');
  });

  it('keeps what is under it in sight when it is long', async () => {
    const { page } = app;
    await page.setViewportSize({ width: 1024, height: 700 });
    await showList(page);
    for (let count = 1; count <= 10; count++) {
      await row(page, 'Meadow')
        .first()
        .getByRole('button', { name: /^Duplicate/ })
        .click();
      await expect.poll(() => list(page).getByRole('listitem').count()).toBe(count + 1);
    }
    const button = await list(page)
      .getByRole('button', { name: /^Import/ })
      .boundingBox();
    expect((button?.y ?? 9e9) + (button?.height ?? 0)).toBeLessThan(700);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});

describe('a second tab on the open project', () => {
  it('has a picture in its viewer from the first moment, never black', async () => {
    const opened = app.page.waitForEvent('popup');
    await app.page.evaluate(() => void window.open('/'));
    const page = await opened;
    const picture = page.locator('.picture');
    await picture.waitFor({ timeout: 120_000 });
    let isDone = false;
    while (!isDone) {
      isDone = (await page.locator('.picture[data-empty]').count()) === 0;
      const { data, width, height, channels } = decode(await picture.screenshot());
      const at = (Math.round(height * 0.3) * width + Math.round(width * 0.75)) * channels;
      const [red = 0, green = 0, blue = 0] = data.slice(at, at + 3);
      expect(red + green + blue).toBeGreaterThan(60);
    }
    await waitForSaving(page, 'Read only');
    await page.close();
  });
});

describe('a project whose clip is gone', () => {
  it('says so in the list, unless its clip is open here', async () => {
    const { page } = app;
    await openFreshSample(app);
    await rename(page, 'Other');
    await waitForSaving(page, 'Saved');
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry('clips', { recursive: true });
    });
    await showList(page);
    await row(page, 'Meadow').getByText('clip missing').waitFor({ timeout: 20_000 });
    expect(await row(page, 'Other').getByText('clip missing').count()).toBe(0);
    await page.keyboard.press('Escape');
  });
});
