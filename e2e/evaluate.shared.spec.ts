import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './support/cli.ts';

/** 5 frames of 640 x 480: a sign, hardly moving. */
const CLIP = fileURLToPath(new URL('../../shared/clips/sign-5frames.mkv', import.meta.url));
const OTHER = fileURLToPath(new URL('../../shared/clips/person-10fps.mp4', import.meta.url));
const MASK = '0.25,0.25,0.5,0.5';

type Evaluation = {
  ok: boolean;
  code?: string;
  frames: number;
  warpError: { source: number; edited: number; ratio: number; excess: number };
  frameConsistency: number;
  outsideMask: { maxDiff: number; identical: boolean; share: number } | null;
};

let folder = '';
let frames = '';
let video = '';

async function evaluate(...args: readonly string[]) {
  const run = await runCli('evaluate', [...args, '--json'], { cwd: folder });
  expect(run.stderr).not.toMatch(/^\s+at /m);
  return { ...run, figures: run.json as unknown as Evaluation };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deltacut-evaluate-'));
  frames = join(folder, 'frames');
  video = join(folder, 'red.mp4');
  const run = await runCli('edit', [
    CLIP,
    '--prompt',
    'make it red',
    '-o',
    video,
    '--frames-dir',
    frames,
    '--mask',
    MASK,
    '--size',
    '128',
    '--steps',
    '1',
    '--runtime',
    'cpu',
  ]);
  if (run.code !== 0) {
    throw new Error(`the edit failed: ${run.stderr}`);
  }
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('npm run evaluate on a masked edit of a real clip', () => {
  it('measures the composited frames against the video: outside the mask they are the source’s', async () => {
    const plot = join(folder, 'plot.html');
    const { code, stdout, figures } = await evaluate(
      CLIP,
      'frames',
      '--mask',
      MASK,
      '--size',
      '128',
      '--plot',
      'plot.html',
    );
    expect(code).toBe(0);
    expect(figures).toMatchObject({ ok: true, frames: 5 });
    expect(figures.outsideMask).toMatchObject({ maxDiff: 0, identical: true });
    expect(figures.outsideMask?.share).toBeCloseTo(0.75, 1);
    const { source, edited, ratio, excess } = figures.warpError;
    expect(source).toBeGreaterThan(0);
    expect(edited).toBeLessThan(12);
    expect(ratio).toBeCloseTo(edited / source, 9);
    expect(excess).toBeCloseTo(edited - source, 9);
    expect(figures.frameConsistency).toBeGreaterThan(0.9);
    expect(stdout).toContain('Outside the mask');
    expect(await readFile(plot, 'utf8')).toContain('frames against sign-5frames.mkv, 5 frames');
  });

  it('measures the exported video; compression shows outside the mask', async () => {
    const { code, figures } = await evaluate(CLIP, video, '--mask', MASK, '--size', '128');
    expect(code).toBe(0);
    expect(figures.frames).toBe(5);
    expect(figures.outsideMask?.identical).toBe(false);
    expect(figures.outsideMask?.maxDiff).toBeLessThan(80);
  });

  it('says in one sentence what is wrong: 2 for wrong use, 1 for what can’t be compared', async () => {
    await writeFile(join(folder, 'notes.txt'), 'this is no video');
    const [missing, text, other] = await Promise.all([
      evaluate('nowhere.mp4', CLIP),
      evaluate(CLIP, 'notes.txt'),
      evaluate(CLIP, OTHER),
    ]);
    expect([missing.code, missing.figures.code]).toEqual([2, 'cli/usage']);
    expect([text.code, text.figures.code]).toEqual([1, 'media/not-a-video']);
    expect([other.code, other.figures.code]).toEqual([1, 'evaluate/mismatch']);
    expect(other.stderr).toContain('640 x 480');
  });
});
