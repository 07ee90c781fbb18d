import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type AppPage } from './support/app-page.ts';

const CHECKPOINT = fileURLToPath(new URL('../training/checkpoint', import.meta.url));

let app: AppPage;
let folder = '';
const requested: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-models-'));
  app = await openApp();
  app.page.on('request', (request) => requested.push(new URL(request.url()).pathname));
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const dialog = () => app.page.getByRole('dialog', { name: 'Models' });

async function openDialog(): Promise<void> {
  await app.page.getByRole('button', { name: /^Model: / }).click();
  await app.page.getByRole('button', { name: 'Models…' }).click();
  await dialog().waitFor({ timeout: 30_000 });
}

async function importFolder(path: string): Promise<void> {
  const chooser = app.page.waitForEvent('filechooser');
  await dialog().getByRole('button', { name: 'Import folder…' }).click();
  await (await chooser).setFiles(path);
}

/** Text of the dialog's messages once one of them says this. */
async function says(words: string | RegExp, timeout = 120_000): Promise<string> {
  const found = dialog().getByText(words).first();
  await found.waitFor({ timeout });
  return await found.innerText();
}

describe('the dialog of models', () => {
  it('lists the starter, chosen, with its size, weights and licence', async () => {
    await openDialog();
    const starter = dialog().getByRole('radio', { name: /^Starter/ });
    await starter.waitFor({ state: 'attached', timeout: 30_000 });
    expect(await starter.isChecked()).toBe(true);
    expect(await says(/MB · q8/)).toMatch(
      /^\d+(\.\d)? MB · q8 · about 256 × 256 · licence: MIT · comes with the app$/,
    );
  });

  it('refuses a folder of pickles with its sentence and code', async () => {
    const pickles = join(folder, 'pickles');
    await cp(CHECKPOINT, pickles, { recursive: true });
    const unet = join(pickles, 'unet/diffusion_pytorch_model');
    await rename(`${unet}.safetensors`, `${unet}.bin`);
    await importFolder(pickles);
    const alert = dialog().getByRole('alert');
    await alert.waitFor({ timeout: 60_000 });
    expect(await alert.innerText()).toMatch(
      /Pickle files .* never opened\. Use safetensors\. .*\.bin\s+model\/pickle-refused/,
    );
    expect(await dialog().getByText('Not finished').count()).toBe(0);
  });

  it('opens for a folder that is dropped on the page', async () => {
    await app.page.reload();
    await app.page.getByRole('button', { name: /^Model: / }).waitFor({ timeout: 30_000 });
    const devtools = await app.page.context().newCDPSession(app.page);
    const data = { items: [], files: [join(CHECKPOINT, 'vae')], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devtools.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
    }
    const alert = dialog().getByRole('alert');
    await alert.waitFor({ timeout: 60_000 });
    expect(await alert.innerText()).toMatch(/“vae” has no unet\/config\.json\. Choose a folder/);
  });

  it('imports a folder with progress, stops half way, and goes on after a reload', async () => {
    await importFolder(CHECKPOINT);
    await says(/^([5-9]|1\d) of \d+ files · /);
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    expect(await says(/^Not finished/)).toMatch(
      /^Not finished: \d+ files, .* MB\. Import the same folder again to go on from there\.$/,
    );

    await app.page.reload();
    await openDialog();
    await says(/^Not finished/);
    await importFolder(CHECKPOINT);
    await says(/files were finished before and kept/);
    expect(await says(/was imported:/)).toMatch(/“Starter” was imported: .* MB \(q8\) in /);
    // The list is read again after the message.
    await dialog().getByText('Not finished').waitFor({ state: 'detached', timeout: 30_000 });
    expect(app.problems).toEqual([]);
  });

  it('makes new edits with the model that is chosen, after a reload too', async () => {
    await dialog()
      .getByRole('radio', { name: /checkpoint-q8/ })
      .click({ force: true });
    await app.page.reload();
    requested.length = 0;
    const { page } = app;
    await page.getByRole('button', { name: 'Try the sample' }).click();
    const prompt = page.getByRole('combobox', { name: 'What should change' });
    await prompt.waitFor({ timeout: 60_000 });
    // A span of one frame: the others would be its anchors.
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('o');
    await page.keyboard.press('/');
    await prompt.fill('make it black and white');
    await page.keyboard.press('Shift+Enter');
    await page.getByText('One frame is edited.').waitFor({ timeout: 280_000 });
    expect(requested.filter((path) => path.startsWith('/models/'))).toEqual([]);
    expect(app.problems).toEqual([]);
  }, 300_000);

  it('removes it after a question, and falls back to the starter', async () => {
    const { page } = app;
    await openDialog();
    const own = dialog().getByRole('radio', { name: /checkpoint-q8/ });
    await own.waitFor({ state: 'attached', timeout: 30_000 });
    expect(await own.isChecked()).toBe(true);
    const remove = dialog().getByRole('button', { name: /^Remove Starter \(checkpoint-q8\)/ });
    await remove.click();
    await page.getByRole('button', { name: 'Keep' }).click();
    expect(await own.count()).toBe(1);
    await remove.click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await own.waitFor({ state: 'detached', timeout: 60_000 });
    expect(
      await dialog()
        .getByRole('radio', { name: /^Starter/ })
        .isChecked(),
    ).toBe(true);
  });
});
