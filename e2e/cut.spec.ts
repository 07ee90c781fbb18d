import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { exportCut, SeenCut } from './browser/cut.ts';
import {
  dropBytes,
  exportAs,
  openApp,
  openStart,
  type AppPage,
  type DroppedFile,
} from './support/app-page.ts';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/cut.ts';
/** Encoders, containers and the finding of onsets may be off by this much: less than half a frame. */
const ONSET_MS = 25;

let harness: Harness;
let app: AppPage;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-cut-'));
  harness = await openHarness();
  app = await openApp();
});

afterAll(async () => {
  await app.close();
  await harness.close();
  await rm(folder, { recursive: true, force: true });
});

type Exported = Awaited<ReturnType<typeof exportCut>>;

function piece(id: string, clipId: 'a' | 'b', from: number, to: number) {
  const perFrame = { a: 1e6 / 12, b: 1e6 / 10 }[clipId];
  return { id, clipId, from: Math.round(from * perFrame), to: Math.round(to * perFrame) };
}

const marks = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => (from + index) % 12);

function expectOnsets(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((onset, index) => {
    expect(Math.abs(onset - (expected[index] ?? 0)) * 1000).toBeLessThan(ONSET_MS);
  });
}

describe('the export of a cut', () => {
  it('has the frames of the pieces in order at exact times, and each beep at its frame', async () => {
    const pieces = [
      piece('1', 'a', 12, 24), // its beep at 1.5 s is heard at 0.5 s
      piece('2', 'b', 8, 14), // begins at 1 s; its beep at 1 s is heard at 1.2 s
      piece('3', 'a', 3, 9), // begins at 1.6 s; its beep at 0.5 s is heard at 1.85 s
    ];
    const { summary, seen } = await harness.call<Exported>(MODULE, 'exportCut', pieces);
    expect(seen.marks).toEqual([...marks(12, 24), ...marks(8, 14), ...marks(3, 9)]);
    const times = [
      ...Array.from({ length: 12 }, (_, n) => n / 12),
      ...Array.from({ length: 6 }, (_, n) => 1 + n / 10),
      ...Array.from({ length: 6 }, (_, n) => 1.6 + n / 12),
    ];
    seen.times.forEach((time, index) => {
      expect(Math.abs(time - (times[index] ?? 0) * 1000)).toBeLessThanOrEqual(1);
    });
    expect(Math.abs(seen.duration - 2_100_000)).toBeLessThan(2_000);
    expectOnsets(seen.onsets, [0.5, 1.2, 1.85]);
    expect(summary).toMatchObject({
      frames: 24,
      width: 160,
      height: 96,
      audioHandling: 'transcoded',
    });
  });

  it('shows a clip of another shape whole, black above and below it, and says so', async () => {
    const pieces = [piece('1', 'a', 0, 2), piece('2', 'b', 0, 2)];
    const { summary, seen } = await harness.call<Exported>(MODULE, 'exportCut', pieces);
    expect(seen.size).toEqual([160, 96]);
    expect(summary.notices.join(' ')).toContain('another shape');
    // 128 x 72 in 160 x 96: 90 rows of picture, three black ones above.
    expect(seen.edges.map((level) => level > 100)).toEqual([true, true, false, false]);
  });

  it('copies the sound of one whole clip, as it did before there were pieces', async () => {
    const pieces = [piece('1', 'a', 0, 24)];
    const { summary, seen } = await harness.call<Exported>(MODULE, 'exportCut', pieces, ['a']);
    expect(summary).toMatchObject({ frames: 24, audioHandling: 'copied', notices: [] });
    expect(seen.marks).toEqual(marks(0, 24));
    expectOnsets(seen.onsets, [0.5, 1.5]);
  });
});

/** Drops clips of the harness on the page, as files. */
async function dropClips(page: Page, names: readonly ('a' | 'b')[]): Promise<void> {
  const files: DroppedFile[] = [];
  for (const name of names) {
    const base64 = await harness.call<string>(MODULE, 'clipBytes', name);
    files.push({ name: `${name}.mp4`, type: 'video/mp4', base64 });
  }
  await dropBytes(page, files);
}

const heads = (page: Page) => page.getByRole('group', { name: 'Pieces' }).getByRole('button');
const names = async (page: Page): Promise<string[]> =>
  (await heads(page).allTextContents()).map((text) => text.replace(/\s+/g, ' '));

async function waitForPieces(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('.piece').length === wanted,
    count,
    { timeout: 60_000 },
  );
}

async function press(page: Page, key: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) {
    await page.keyboard.press(key);
  }
}

describe('cutting on the page', () => {
  it('opens two files, splits, trims, reorders, deletes, undoes, and exports what the timeline shows', async () => {
    const { page } = app;
    await openStart(app);
    await page.getByRole('button', { name: 'Try the sample' }).waitFor();
    await dropClips(page, ['a', 'b']);
    await waitForPieces(page, 2);
    expect(await names(page)).toEqual(['a.mp4 2.0 s', 'b.mp4 2.0 s']);

    // Split at frame 6 of a: the second half is selected by a click and deleted by a key, then brought back.
    await page.locator('#viewer').focus();
    await press(page, 'Home');
    await press(page, 'ArrowRight', 6);
    await press(page, 's');
    await waitForPieces(page, 3);
    expect(await names(page)).toEqual(['a.mp4 0.5 s', 'a.mp4 1.5 s', 'b.mp4 2.0 s']);
    await heads(page).nth(1).click();
    await press(page, 'Delete');
    await waitForPieces(page, 2);
    await press(page, 'Control+z');
    await waitForPieces(page, 3);

    // Reorder with the mouse: the first piece behind all others.
    const from = await heads(page).nth(0).boundingBox();
    const to = await heads(page).nth(2).boundingBox();
    expect(from !== null && to !== null).toBe(true);
    await page.mouse.move((from?.x ?? 0) + 10, (from?.y ?? 0) + 8);
    await page.mouse.down();
    await page.mouse.move((to?.x ?? 0) + (to?.width ?? 0), (to?.y ?? 0) + 8, { steps: 8 });
    await page.mouse.up();
    await page.waitForFunction(
      () => document.querySelectorAll('.piece')[2]?.textContent.includes('0.5 s') === true,
    );
    expect(await names(page)).toEqual(['a.mp4 1.5 s', 'b.mp4 2.0 s', 'a.mp4 0.5 s']);

    // Trim by keys: ten frames off the end of b.
    await heads(page).nth(1).click();
    await page.getByRole('slider', { name: /^End of Piece 2/ }).focus();
    await press(page, 'Shift+ArrowLeft');
    expect(await names(page)).toEqual(['a.mp4 1.5 s', 'b.mp4 1.0 s', 'a.mp4 0.5 s']);
    expect(app.problems).toEqual([]);

    const path = join(folder, 'cut.webm');
    await (await exportAs(page, 'WebM')).saveAs(path);
    const file = await harness.provideFile(path);
    const seen = await harness.call<SeenCut>(MODULE, 'seeFile', file);
    expect(seen.marks).toEqual([...marks(6, 24), ...marks(0, 10), ...marks(0, 6)]);
    // a's beep at 1.5 s stands 1 s into its piece; b's beep at 1 s was trimmed away; a's at 0.5 s too.
    expectOnsets(seen.onsets, [0, 1]);
    await page.keyboard.press('Escape');
  });

  it('is reopened after a reload with all its clips and pieces', async () => {
    const { page } = app;
    const before = await names(page);
    await page.getByText('Saved').waitFor({ timeout: 20_000 });
    await page.reload();
    await waitForPieces(page, before.length);
    expect(await names(page)).toEqual(before);
  });

  it('goes over cuts frame by frame and plays across them', async () => {
    const { page } = app;
    const position = page.getByLabel('Position');
    await page.locator('#viewer').focus();
    await press(page, 'Home');
    await press(page, 'ArrowDown');
    const playhead = page.getByRole('slider', { name: 'Playhead' });
    expect(await playhead.getAttribute('aria-valuenow')).toBe('18');
    await press(page, 'ArrowLeft');
    expect(await playhead.getAttribute('aria-valuenow')).toBe('17');
    await press(page, ' ');
    await page.waitForFunction(
      () => document.querySelector('[aria-label=Playhead]')?.getAttribute('aria-valuenow') === '33',
      undefined,
      { timeout: 30_000 },
    );
    // It stops on the last frame by itself.
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    expect(await position.textContent()).toContain('/ 0:03:00');
    expect(app.problems).toEqual([]);
  });
});
