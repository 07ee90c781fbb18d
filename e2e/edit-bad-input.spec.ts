import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliRun } from './support/cli.ts';

const SAMPLE = fileURLToPath(new URL('../public/samples/meadow.webm', import.meta.url));

let folder = '';

/** One second of silence, 8 kHz mono: a file with sound and no picture. */
function silentWav(): Uint8Array {
  const data = Buffer.alloc(44 + 16_000);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + 16_000, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(8_000, 24);
  data.writeUInt32LE(16_000, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(16_000, 40);
  return data;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-bad-'));
  const sample = await readFile(SAMPLE);
  await writeFile(join(folder, 'text.mp4'), 'This is a letter, not a video.\n'.repeat(50));
  await writeFile(join(folder, 'empty.mp4'), '');
  await writeFile(join(folder, 'cut.webm'), sample.subarray(0, 300));
  await writeFile(join(folder, 'sound.wav'), silentWav());
  await mkdir(join(folder, 'folder.mp4'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function edit(...args: readonly string[]): Promise<CliRun> {
  return await runCli('edit', [...args, '--runtime', 'cpu', '--json'], { cwd: folder });
}

const GOOD_REST = ['--prompt', 'make it night', '-o', 'out.mp4'];

describe('npm run edit with bad input', () => {
  it.each([
    ['not a video', ['text.mp4', ...GOOD_REST], 1, 'media/not-a-video'],
    ['0 bytes', ['empty.mp4', ...GOOD_REST], 1, 'media/empty-file'],
    ['truncated to its header', ['cut.webm', ...GOOD_REST], 1, 'media/'],
    ['no video track', ['sound.wav', ...GOOD_REST], 1, 'media/no-video-track'],
    ['no such file', ['nothing.mp4', ...GOOD_REST], 2, 'cli/usage'],
    ['empty prompt', [SAMPLE, '--prompt', ' ', '-o', 'out.mp4'], 2, 'prompt/empty'],
    ['unknown option', [SAMPLE, ...GOOD_REST, '--speed', '9'], 2, 'cli/usage'],
    ['output in no folder', [SAMPLE, '--prompt', 'x', '-o', 'no/where.mp4'], 2, 'cli/output'],
    ['output is a folder', [SAMPLE, '--prompt', 'x', '-o', 'folder.mp4'], 2, 'cli/output'],
    ['span after the end', [SAMPLE, ...GOOD_REST, '--from', '900'], 1, 'edit/empty-span'],
  ])('%s: one sentence, a code, nothing written', async (_name, args, code, errorCode) => {
    const before = (await readdir(folder)).sort();
    const run = await edit(...args);
    expect({ code: run.code, json: run.json }).toMatchObject({ code, json: { ok: false } });
    expect(run.json?.['code']).toContain(errorCode);
    expect(run.stderr.trim().split('\n').at(-1)).toContain(run.json?.['message']);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect((await readdir(folder)).sort()).toEqual(before);
  });
});
