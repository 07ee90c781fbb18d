import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openHarness } from '../e2e/support/browser.ts';
import { withManyEdits } from '../scripts/bench/many-edits.ts';

export const LONG_CLIP_SECONDS = 1800;
export const EDITS = 200;
const SCROLL_MS = 4000;
/** A busy machine reads half an hour of frames slowly. */
const OPEN_MS = 240_000;

/** A project of many edits over half an hour, brought in as a project file; `folder` is for what lies on disk meanwhile. */
export async function openLongProject(page: Page, folder: string): Promise<void> {
  const clip = join(folder, 'long.mp4');
  const harness = await openHarness();
  try {
    const base64 = await harness.call<string>(
      'e2e/browser/looped-clip.ts',
      'makeLoopedClip',
      LONG_CLIP_SECONDS,
    );
    await writeFile(clip, base64, 'base64');
  } finally {
    await harness.close();
  }
  await page.evaluate(() => {
    sessionStorage.setItem('deltacut.project', '');
  });
  await page.reload();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await choosing).setFiles(clip);
  await page.getByRole('combobox', { name: 'What should change' }).waitFor({ timeout: OPEN_MS });
  await page.getByRole('button', { name: 'Projects', exact: true }).click();
  await page.getByRole('button', { name: 'Export long as a file' }).click();
  const downloading = page.waitForEvent('download', { timeout: OPEN_MS });
  await page.getByRole('button', { name: 'Export and download' }).click();
  const packed = join(folder, 'long.deltacut');
  await (await downloading).saveAs(packed);
  const many = join(folder, 'many.deltacut');
  await writeFile(many, await withManyEdits(await readFile(packed), EDITS, LONG_CLIP_SECONDS));
  await page.locator('[role=dialog] input[type=file]').setInputFiles(many);
  // Lanes near the window are made, and no others: the first edit's is the one to wait for.
  await page
    .locator('[data-edit-lane]')
    .getByText('edit 1', { exact: true })
    .first()
    .waitFor({ timeout: OPEN_MS });
  await page.getByRole('dialog').waitFor({ state: 'detached', timeout: OPEN_MS });
}

export type Scrolled = {
  /** Milliseconds of each frame while the timeline is scrolled both ways. */
  readonly frames: readonly number[];
  /** The most lanes of edits that there were at once. */
  readonly mostLanes: number;
};

export async function scrollTimeline(page: Page): Promise<Scrolled> {
  await page.locator('#viewer').focus();
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('+');
  }
  await page.waitForTimeout(1000);
  return await page.evaluate(async (length) => {
    const scroller = document.querySelector('.timeline__scroller');
    if (scroller === null) {
      throw new Error('there is no timeline');
    }
    const frames: number[] = [];
    let mostLanes = 0;
    const begin = performance.now();
    for (let last = begin; last - begin < length;) {
      const now = await new Promise<number>(requestAnimationFrame);
      frames.push(now - last);
      last = now;
      const share = (now - begin) / length;
      scroller.scrollLeft = share * 12_000;
      scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight);
      mostLanes = Math.max(mostLanes, document.querySelectorAll('[data-edit-lane]').length);
    }
    if (scroller.scrollLeft === 0 || scroller.scrollTop === 0) {
      throw new Error('the timeline did not scroll');
    }
    return { frames: frames.slice(1), mostLanes };
  }, SCROLL_MS);
}
