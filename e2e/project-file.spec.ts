import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type AppPage } from './support/app-page.ts';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/project-file.ts';
const NOTHING = { models: 0, pictures: 0, clips: 0, projects: 0 };

describe('a project file on the browser’s disk', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await openHarness();
  });
  afterAll(async () => {
    await harness.close();
  });

  it('brings everything back', async () => {
    expect(await harness.call(MODULE, 'roundTrip')).toEqual({
      sizes: { pictures: 1_600_000, clips: 3_000_000, missingClips: [] },
      overhead: true,
      isRising: true,
      summary: { clipsLeftOut: 0 },
      text: [{ id: 'imported', text: '{"any":"text"}' }],
      frames: 40,
      isSame: true,
    });
  });

  it('that is damaged, foreign or given up half way leaves nothing', async () => {
    expect(await harness.call(MODULE, 'refused')).toEqual({
      flipped: ['project/damaged', NOTHING],
      cut: ['project/damaged', NOTHING],
      foreign: ['project/foreign', NOTHING],
      cancelled: ['job/cancelled', NOTHING],
    });
  });
});

describe('the page', () => {
  let app: AppPage;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deltacut-project-file-'));
    app = await openApp();
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('exports a project, imports it as a copy and opens it, and says what else a file is', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Try the sample' }).click();
    await page.getByRole('combobox', { name: 'What should change' }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Projects', exact: true }).click();
    await page.getByRole('button', { name: 'Export meadow as a file' }).click();
    await page.getByRole('checkbox', { name: /^Source clips/ }).waitFor();
    const downloading = page.waitForEvent('download', { timeout: 60_000 });
    await page.getByRole('button', { name: 'Export and download' }).click();
    const path = join(folder, 'meadow.deltacut');
    await (await downloading).saveAs(path);
    await page.getByText(/^“meadow” is in meadow\.deltacut/).waitFor();

    const foreign = join(folder, 'foreign.deltacut');
    await writeFile(foreign, 'no zip at all');
    await page.locator('[role=dialog] input[type=file]').setInputFiles(foreign);
    await page.getByText('project/foreign').waitFor();

    await page.locator('[role=dialog] input[type=file]').setInputFiles(path);
    await page.getByRole('button', { name: 'meadow copy' }).waitFor({ timeout: 60_000 });
    expect(app.problems).toEqual([]);
  });
});
