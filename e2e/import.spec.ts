import {
  cp,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeFile } from '../scripts/node-checkpoint.ts';
import { must } from '../src/base/assert.ts';
import type { Manifest } from '../src/models/manifest.ts';
import { Safetensors } from '../src/models/reading/safetensors.ts';
import {
  packSafetensors,
  pseudoRandom,
  type TinyTensor,
} from '../src/models/testing/tiny-checkpoint.ts';
import type { ModelLibrary } from '../src/protocol/model-library.ts';
import type { ImportOptions, ImportOutcome } from './browser/import.ts';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/import.ts';
const CHECKPOINT = fileURLToPath(new URL('../training/checkpoint', import.meta.url));
const STARTER = fileURLToPath(new URL('../public/models/starter/manifest.json', import.meta.url));

let harness: Harness;
let folder = '';
let starter: Manifest;

/** Gives the page a folder of the disk through an input for folders; returns the input's id. */
async function pick(path: string): Promise<string> {
  const id = `folder-${path.split('/').at(-1) ?? ''}`;
  await harness.page.evaluate((name) => {
    const input = document.getElementById(name) ?? document.createElement('input');
    input.id = name;
    input.setAttribute('type', 'file');
    input.setAttribute('webkitdirectory', '');
    document.body.append(input);
  }, id);
  await harness.page.setInputFiles(`[id="${id}"]`, path);
  return id;
}

async function importFolder(
  path: string,
  options: Omit<ImportOptions, 'input'> = {},
): Promise<ImportOutcome> {
  const input = await pick(path);
  return await harness.call<ImportOutcome>(MODULE, 'importFolder', { ...options, input });
}

/** A copy of the checkpoint with something wrong. */
async function damaged(name: string, damage: (at: string) => Promise<void>): Promise<string> {
  const at = join(folder, name);
  await cp(CHECKPOINT, at, { recursive: true });
  await damage(at);
  return at;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-import-'));
  starter = JSON.parse(await readFile(STARTER, 'utf8')) as Manifest;
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
  await rm(folder, { recursive: true, force: true });
});

const NOTHING = { library: { models: [], unfinished: [] }, written: {}, temporary: [] };

describe('a folder that is no good', () => {
  it.each([
    [
      'weights as a pickle',
      'model/pickle-refused',
      /can run code and are never opened.*diffusion_pytorch_model\.bin/,
      (at: string) =>
        rename(
          join(at, 'unet/diffusion_pytorch_model.safetensors'),
          join(at, 'unet/diffusion_pytorch_model.bin'),
        ),
    ],
    [
      'a pickle alone',
      'model/pickle-refused',
      /model\.ckpt/,
      async (at: string) => {
        await rm(at, { recursive: true });
        await mkdir(at);
        await (await open(join(at, 'model.ckpt'), 'w')).close();
      },
    ],
    [
      'a truncated file',
      'model/bad-checkpoint',
      /vae\/diffusion_pytorch_model\.safetensors/,
      (at: string) => truncate(join(at, 'vae/diffusion_pytorch_model.safetensors'), 1_000_000),
    ],
    [
      'no U-Net',
      'model/bad-checkpoint',
      /has no unet\/config\.json\. Choose a folder in diffusers layout/,
      (at: string) => rm(join(at, 'unet'), { recursive: true }),
    ],
    [
      'weights that are no numbers, found half way',
      'model/bad-checkpoint',
      /no finite numbers/,
      async (at: string) => {
        const file = await open(join(at, 'vae/diffusion_pytorch_model.safetensors'), 'r+');
        const { size } = await file.stat();
        await file.write(new Uint8Array(1_000_000).fill(0xff), 0, 1_000_000, size - 1_000_000);
        await file.close();
      },
    ],
  ])('(%s) is refused with %s and leaves nothing behind', async (name, code, words, damage) => {
    const outcome = await importFolder(await damaged(name.replaceAll(/\W+/g, '-'), damage));
    expect(outcome.error?.code).toBe(code);
    expect(outcome.error?.message).toMatch(words);
    expect(outcome).toMatchObject(NOTHING);
  });

  it('does not count as one because the disk is full: what is finished waits for space', async () => {
    const devtools = await harness.page.context().newCDPSession(harness.page);
    const { origin } = harness;
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 24e6 });
    const outcome = await importFolder(CHECKPOINT);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    expect(outcome.error?.code).toBe('store/quota');
    expect(outcome.temporary).toEqual([]);
    const [unfinished] = outcome.library.unfinished;
    expect(unfinished).toMatchObject({ id: 'checkpoint-q8', name: 'checkpoint' });
    expect(unfinished?.bytes).toBeLessThan(24e6);
    expect(await harness.call<ModelLibrary>(MODULE, 'removeModel', unfinished?.id ?? '')).toEqual(
      NOTHING.library,
    );
  });
});

describe('the starter’s checkpoint', () => {
  const HALF = 10;

  it('is imported in two halves with a reload between, and every file is written once', async () => {
    const first = await importFolder(CHECKPOINT, { cancelAt: HALF });
    expect(first.error?.code).toBe('job/cancelled');
    expect(first.library.models).toEqual([]);
    const finished = first.library.unfinished[0]?.files ?? 0;
    expect(finished).toBeGreaterThanOrEqual(HALF);
    expect(finished).toBeLessThan(starter.files.length);
    expect(first.temporary).toEqual([]);

    await harness.page.reload();
    const second = await importFolder(CHECKPOINT);
    expect(second.error).toBeNull();
    expect(second.summary).toMatchObject({
      id: 'checkpoint-q8',
      title: starter.title,
      quantisation: 'q8',
      files: starter.files.length,
      reused: finished,
      unknownLoraKeys: [],
    });
    expect(second.progress.map((step) => step.done)).toEqual(
      starter.files.map((_, index) => index + 1),
    );
    const { 'checkpoint-q8/journal.json': _, ...kept } = first.written;
    expect(second.written).toMatchObject(kept);
    expect(second.library.unfinished).toEqual([]);
    expect(second.library.models).toMatchObject([
      { id: 'checkpoint-q8', licence: 'MIT', quantisation: 'q8', problem: null },
    ]);
    expect(second.library.models[0]?.bytes).toBe(
      (second.summary?.bytes ?? 0) + (await manifestBytes('checkpoint-q8')),
    );
  });

  it('edits like the starter itself, bit for bit, in a page that was opened anew', async () => {
    await harness.page.reload();
    const imported = await harness.call<string[]>(MODULE, 'editWith', 'checkpoint-q8');
    expect(imported).toHaveLength(2);
    expect(new Set(imported).size).toBe(2);
    expect(imported).toEqual(await harness.call(MODULE, 'editWith', 'starter'));
  });

  it('gets the quantisation of the machine, an id of its own, and waits for an edit that runs', async () => {
    const edited = await harness.call<string[]>(MODULE, 'editWith', 'starter');
    const input = await pick(CHECKPOINT);
    const ends = await harness.call<string[]>(MODULE, 'importDuringEdit', input);
    expect(ends).toEqual(['edit', 'import job/cancelled', ...edited]);
    const auto = await importFolder(CHECKPOINT, { quantisation: 'auto' });
    expect(auto.summary).toMatchObject({
      id: 'checkpoint-q8-2',
      quantisation: 'q8',
      reason: 'On the processor 8-bit weights are as fast as wider ones and take the least memory.',
    });
    expect(auto.summary?.reused).toBeGreaterThanOrEqual(2);
  });

  it('takes a LoRA along, and says which of its tensors fit nowhere', async () => {
    const path = join(folder, 'stronger.safetensors');
    await writeFile(path, await loraFile());
    const name = await harness.provideFile(path);
    const { error, summary } = await importFolder(CHECKPOINT, { lora: { name, weight: 0.8 } });
    expect(error).toBeNull();
    expect(summary).toMatchObject({ id: 'checkpoint-q8-3', unknownLoraKeys: ['unet.nowhere.x'] });
    const edited = await harness.call<string[]>(MODULE, 'editWith', 'checkpoint-q8-3');
    expect(edited).toHaveLength(2);
    expect(edited).not.toEqual(await harness.call(MODULE, 'editWith', 'starter'));
    await harness.call(MODULE, 'removeModel', 'checkpoint-q8-3');
  });

  it('is gone when it is removed', async () => {
    const library = await harness.call<ModelLibrary>(MODULE, 'removeModel', 'checkpoint-q8-2');
    expect(library.models.map((model) => model.id)).toEqual(['checkpoint-q8']);
    expect(await harness.call(MODULE, 'removeModel', 'checkpoint-q8')).toEqual(NOTHING.library);
    await expect(harness.call(MODULE, 'editWith', 'checkpoint-q8')).rejects.toThrow(
      /model package is missing/,
    );
  });
});

/** A LoRA of rank 4 on one attention layer of the checkpoint's U-Net, whose shape is read from its header. */
async function loraFile(): Promise<Uint8Array> {
  const layer = 'mid_block.attentions.0.transformer_blocks.0.attn1.to_q';
  const file = await openNodeFile(
    join(CHECKPOINT, 'unet/diffusion_pytorch_model.safetensors'),
    'unet',
  );
  const unet = await Safetensors.open(must(file, 'the U-Net'));
  const [rows = 0, width = 0] = must(unet.header.tensors.get(`${layer}.weight`), layer).shape;
  const tensor = (shape: readonly number[], seed: number): TinyTensor => ({
    shape,
    values: pseudoRandom((shape[0] ?? 0) * (shape[1] ?? 0), seed),
  });
  return packSafetensors({
    [`unet.${layer}.lora_A.weight`]: tensor([4, width], 1),
    [`unet.${layer}.lora_B.weight`]: tensor([rows, 4], 2),
    'unet.nowhere.x': tensor([1, 1], 3),
  });
}

async function manifestBytes(id: string): Promise<number> {
  return await harness.page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const models = await root.getDirectoryHandle('models');
    const file = await (await models.getDirectoryHandle(name)).getFileHandle('manifest.json');
    return (await file.getFile()).size;
  }, id);
}
