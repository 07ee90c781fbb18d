import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliRun } from './support/cli.ts';

const SAMPLE = fileURLToPath(new URL('../public/samples/meadow.webm', import.meta.url));
const CHECKPOINT = fileURLToPath(new URL('../training/checkpoint', import.meta.url));

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-model-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The first frame edited at a small size; PNG files go to `frames` below the test's folder. */
async function edit(model: string, frames: string): Promise<CliRun> {
  const settings = ['--to', '0.03', '--size', '64', '--steps', '1', '--runtime', 'cpu', '--json'];
  const outcome = ['--model', model, '-o', 'out.webm', '--frames-dir', frames];
  return await runCli('edit', [SAMPLE, '--prompt', 'make it night', ...settings, ...outcome], {
    cwd: folder,
  });
}

describe('npm run edit with the folder of a package', () => {
  it('makes the starter’s frames with a package compiled from the starter’s checkpoint', async () => {
    const compiled = await runCli('compile', [CHECKPOINT, '-o', 'my-package', '--json'], {
      cwd: folder,
    });
    expect(compiled.json).toMatchObject({ ok: true });
    expect(compiled.stderr).toContain('q8: On the processor 8-bit weights are as fast');
    const own = await edit('my-package', 'own');
    expect(own.json).toMatchObject({ ok: true, model: 'my-package', edited: 1 });
    const shipped = await edit('starter', 'shipped');
    expect(shipped.json).toMatchObject({ ok: true, model: 'starter', edited: 1 });
    const names = await readdir(join(folder, 'own'));
    expect(names).toEqual(await readdir(join(folder, 'shipped')));
    for (const name of names) {
      const made = await readFile(join(folder, 'own', name));
      expect(made.equals(await readFile(join(folder, 'shipped', name)))).toBe(true);
    }
  });

  it('refuses a damaged package and a folder that is none', async () => {
    const damaged = join(folder, 'damaged');
    await cp(join(folder, 'my-package'), damaged, { recursive: true });
    const text = await readFile(join(damaged, 'text.onnx'));
    text[text.length >> 1] = (text[text.length >> 1] ?? 0) ^ 1;
    await writeFile(join(damaged, 'text.onnx'), text);
    const run = await edit('./damaged', 'none');
    expect([run.code, run.json?.['code']]).toEqual([1, 'model/hash-mismatch']);
    expect(run.json?.['message']).toContain('text.onnx');
    const missing = await edit('./nowhere', 'none');
    expect([missing.code, missing.json?.['code']]).toEqual([1, 'model/not-found']);
    expect(missing.json?.['message']).toContain('“./nowhere” is neither a package');
  });
});
