import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inspection } from './browser/inspect-clip.ts';
import { dropFile, exportAs, openApp, type AppPage } from './support/app-page.ts';
import { openHarness } from './support/browser.ts';

const SAMPLE = fileURLToPath(new URL('../public/samples/meadow.webm', import.meta.url));
/** The O key takes the frame under the playhead into the span. */
const SPAN_FRAMES = 9;

let app: AppPage;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-journey-'));
  app = await openApp();
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

async function inspectBoth(exported: string): Promise<{ before: Inspection; after: Inspection }> {
  const harness = await openHarness();
  try {
    const inspect = async (path: string) =>
      await harness.call<Inspection>(
        'e2e/browser/inspect-clip.ts',
        'inspectClip',
        await harness.provideFile(path),
        [0, SPAN_FRAMES - 1, 60],
      );
    return { before: await inspect(SAMPLE), after: await inspect(exported) };
  } finally {
    await harness.close();
  }
}

describe('the main journey', () => {
  it('is cross-origin isolated and asks no other origin for anything', async () => {
    expect(await app.page.evaluate(() => crossOriginIsolated)).toBe(true);
    const { headers } = await fetch(app.origin);
    expect(headers.get('Content-Security-Policy')).toContain(
      "default-src 'self'; script-src 'self'",
    );
    expect(app.foreignRequests).toEqual([]);
  });

  it('drops a clip, types a prompt, sees frames arrive, exports, and the export holds the edit', async () => {
    const { page } = app;
    await dropFile(page, '/samples/meadow.webm', 'my clip.webm', 'video/webm');
    const prompt = page.getByRole('combobox', { name: 'What should change' });
    await prompt.waitFor({ timeout: 20_000 });

    // The span of the edit: the first frames only, set with the keys.
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('Home');
    for (let frame = 1; frame < SPAN_FRAMES; frame++) {
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('o');
    await page.keyboard.press('/');
    await prompt.fill('make it black and white');
    await page.keyboard.press('Enter');

    const lane = page.getByRole('region', { name: 'Timeline' });
    await expectVisible(lane.getByText('make it black and white').first());
    await expectVisible(page.getByText(`All ${SPAN_FRAMES} frames edited.`), 150_000);
    expect(app.problems).toEqual([]);
    expect(app.foreignRequests).toEqual([]);

    const path = join(folder, 'export.webm');
    await (await exportAs(page, 'WebM')).saveAs(path);
    const { before, after } = await inspectBoth(path);
    expect(after.times).toHaveLength(before.times.length);
    expect([after.info.width, after.info.height]).toEqual([before.info.width, before.info.height]);
    expect(Math.abs(after.info.duration - before.info.duration)).toBeLessThan(42_000);
    expect(after.info.audio?.codec).toBe(before.info.audio?.codec);
    for (const frame of [0, SPAN_FRAMES - 1]) {
      expect(before.colours[frame]?.chroma).toBeGreaterThan(8);
      expect(after.colours[frame]?.chroma).toBeLessThan(4);
    }
    const kept = Math.abs((after.colours[60]?.chroma ?? 0) - (before.colours[60]?.chroma ?? 99));
    expect(kept).toBeLessThan(1.5);
  });
});

async function expectVisible(
  locator: {
    waitFor(options: { state: 'visible'; timeout: number }): Promise<void>;
    isVisible(): Promise<boolean>;
  },
  timeout = 20_000,
): Promise<void> {
  await locator.waitFor({ state: 'visible', timeout });
  expect(await locator.isVisible()).toBe(true);
}
