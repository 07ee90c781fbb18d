import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliRun } from './support/cli.ts';
import { starterWithReader } from './support/reader-package.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SAMPLE = at('../public/samples/meadow.webm');

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-unknown-'));
  const model = join(folder, 'reader');
  await cp(at('../public/models/starter'), model, { recursive: true });
  for (const [path, bytes] of (await starterWithReader()).files) {
    await writeFile(join(model, path), bytes);
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The first frame edited at a small size. */
async function edit(prompt: string): Promise<CliRun> {
  const settings = ['--to', '0.03', '--size', '64', '--steps', '1', '--runtime', 'cpu', '--json'];
  return await runCli(
    'edit',
    [SAMPLE, '--prompt', prompt, '--model', './reader', '-o', 'out.webm', ...settings],
    { cwd: folder },
  );
}

describe('npm run edit with a prompt that the model does not know', () => {
  it('says so before it edits, and edits', async () => {
    const run = await edit('at night, without the car');
    const message =
      'The starter knows a part of “at night, without the car” and leaves out removing an object. An inpainting model could do that; bring one in under Models.';
    expect(run.code).toBe(0);
    expect(run.json).toMatchObject({
      ok: true,
      edited: 1,
      warnings: [{ code: 'model/unknown-edit', message }],
    });
    const lines = run.stderr.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => line === `${message} (model/unknown-edit)`)).toHaveLength(1);
    expect(lines.at(-1)).toContain('1 of 120 frames edited');
  });

  it('has no warning for what it knows', async () => {
    const run = await edit('make it night');
    expect(run.json).toMatchObject({ ok: true, edited: 1, warnings: [] });
    expect(run.stderr).not.toContain('unknown-edit');
  });
});
