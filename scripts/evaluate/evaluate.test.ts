import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/error.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import { chartSvg, tickStep } from './chart.ts';
import { movingMask, rectangleMask, stillMask } from './mask.ts';
import { matchFrames } from './match.ts';
import { measure, type Compared } from './measure.ts';
import { parseEvaluateOptions } from './options.ts';
import { plotPage } from './plot.ts';
import { openPngFolder, readPng } from './png-folder.ts';
import { reportJson, reportRows, reportTable } from './report.ts';
import { mapped, texture } from './testing/texture.ts';

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) {
      return error;
    }
    throw error;
  }
  throw new Error('it was accepted');
}

describe('evaluate options', () => {
  const parse = (...args: string[]) => parseEvaluateOptions(args, '/videos');

  it('resolves paths where the command was called', () => {
    expect(parse('in.mp4', 'out.mp4', '--mask', 'm.png', '--plot', 'p.html')).toEqual({
      source: '/videos/in.mp4',
      edited: '/videos/out.mp4',
      mask: { path: '/videos/m.png' },
      size: 256,
      model: null,
      captions: { source: null, edited: null },
      plot: '/videos/p.html',
      json: false,
    });
    expect(parse('a', 'b', '--mask', '0.1,0.2,0.5,0.6').mask).toEqual({
      rectangle: { x: 0.1, y: 0.2, width: 0.5, height: 0.6 },
    });
  });

  it.each([
    [['in.mp4'], 'Name the source and the edited one'],
    [['a', 'b', 'c'], '“c” is too much'],
    [['a', 'b', '--size', '32'], '--size takes a whole number from 64 to 1024'],
    [['a', 'b', '--mask', '0,0,2,1'], '--mask takes four fractions'],
    [['a', 'b', '--prompt', 'a cat'], 'need --model'],
    [['a', 'b', '--model', 'c', '--source-prompt', 'a cat'], 'needs --prompt'],
    [['a', 'b', '--sharp'], '--sharp'],
  ])('refuses %j with a sentence', (args, words) => {
    const error = refusal(() => parse(...args));
    expect(error.code).toBe('cli/usage');
    expect(error.message).toContain(words);
  });
});

describe('matching frames', () => {
  const size = { width: 8, height: 6 };
  const video = (count: number) => ({
    ...size,
    name: `video of ${count}`,
    count,
    isFolder: false,
    numbers: Array.from({ length: count }, (_, i) => i),
  });
  const folder = (numbers: number[] | null, count = numbers?.length ?? 0) => ({
    ...size,
    name: 'folder',
    count,
    isFolder: true,
    numbers,
  });

  it('takes equal counts in order', () => {
    const pairs = matchFrames(video(2), folder([1, 2]));
    expect(pairs).toEqual([
      { source: 0, edited: 0 },
      { source: 1, edited: 1 },
    ]);
  });

  it('takes a folder of a part by its frame numbers, on either side', () => {
    expect(matchFrames(video(20), folder([7, 8]))).toEqual([
      { source: 7, edited: 0 },
      { source: 8, edited: 1 },
    ]);
    expect(matchFrames(folder([8]), folder([7, 8]))).toEqual([{ source: 0, edited: 1 }]);
  });

  it('refuses the rest with the numbers', () => {
    for (const [a, b] of [
      [video(20), video(19)],
      [video(20), folder([19, 20])],
      [video(20), folder(null, 3)],
    ] as const) {
      const error = refusal(() => matchFrames(a, b));
      expect(error.code).toBe('evaluate/mismatch');
      expect(error.message).toContain(`${a.count} frames`);
      expect(error.message).toContain(`has ${b.count}`);
    }
    const wide = { ...video(20), width: 9 };
    expect(refusal(() => matchFrames(video(20), wide)).message).toContain('8 x 6');
  });
});

describe('files', () => {
  let path = '';
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'deltacut-evaluate-'));
  });
  afterEach(async () => {
    await rm(path, { recursive: true, force: true });
  });

  const write = async (name: string, picture: Picture) => {
    await writeFile(join(path, name), encode({ ...picture, channels: 4, depth: 8 }));
  };

  it('reads a folder in the order of the numbers, bytes exact', async () => {
    for (const i of [2, 10, 1]) {
      await write(`${i}.png`, texture(12, 8, i));
    }
    await writeFile(join(path, 'notes.txt'), 'not a frame');
    const frames = await openPngFolder(path);
    expect(frames).toMatchObject({ count: 3, width: 12, height: 8, numbers: [1, 2, 10] });
    expect([...(await frames.read(2)).data]).toEqual([...texture(12, 8, 10).data]);
  });

  it('reads grey pictures', async () => {
    const data = Uint8Array.from([0, 50, 100, 150, 200, 250]);
    const file = join(path, 'grey.png');
    await writeFile(file, encode({ width: 3, height: 2, data, channels: 1, depth: 8 }));
    expect([...(await readPng(file)).data.subarray(4, 8)]).toEqual([50, 50, 50, 255]);
  });

  it('refuses what it can’t read, and says which file', async () => {
    await expect(openPngFolder(path)).rejects.toMatchObject({ code: 'media/not-a-video' });
    await writeFile(join(path, '0.png'), 'no picture');
    await expect(openPngFolder(path)).rejects.toMatchObject({
      code: 'media/damaged',
      message: expect.stringContaining('0.png') as string,
    });
    await write('0.png', texture(8, 8));
    await write('1.png', texture(9, 8));
    const frames = await openPngFolder(path);
    await expect(frames.read(1)).rejects.toMatchObject({ code: 'evaluate/mismatch' });
  });

  it('takes masks as rectangle, picture and folder; black is outside', async () => {
    const size = { width: 8, height: 4 };
    const half = mapped(texture(4, 2), (_, x) => (x < 2 ? 0 : 1));
    const outsideOf = (mask: Uint8Array) => [...mask.subarray(0, 8)].map((value) => value === 0);
    const left = [true, true, true, true, false, false, false, false];
    expect(outsideOf(await stillMask(half, size)(0, null))).toEqual(left);
    const rectangle = rectangleMask({ x: 0.5, y: 0, width: 0.5, height: 1 }, size);
    expect(outsideOf(await rectangle(0, null))).toEqual(left);
    await write('0.png', half);
    await write(
      '1.png',
      mapped(half, () => 0),
    );
    const moving = movingMask(await openPngFolder(path), size, 2);
    expect(outsideOf(await moving(0, null))).toEqual(left);
    expect((await moving(1, null)).every((value) => value === 0)).toBe(true);
    const frames = await openPngFolder(path);
    expect(refusal(() => movingMask(frames, size, 3)).code).toBe('evaluate/mismatch');
  });

  it('takes a mask video by time, with a codec’s black as 0', async () => {
    const read = (at: number) => Promise.resolve(mapped(texture(2, 2), () => (at === 1 ? 200 : 9)));
    const video = {
      name: 'mask.mp4',
      width: 2,
      height: 2,
      count: 3,
      isFolder: false,
      numbers: [0, 1, 2],
      times: [0, 500, 1000],
      read,
    };
    const mask = movingMask(video, { width: 2, height: 2 }, 9);
    expect([...(await mask(5, 999))]).toEqual([200, 200, 200, 200]);
    expect([...(await mask(1, 4000))]).toEqual([0, 0, 0, 0]);
  });
});

/** Two moving frames with a lighter right half, masked to it. */
async function measured(change: (value: number, x: number) => number) {
  async function* frames(): AsyncGenerator<Compared> {
    for (let i = 0; i < 4; i++) {
      const source = await Promise.resolve(texture(64, 64, i));
      const mask = Uint8Array.from({ length: 64 * 64 }, (_, at) => (at % 64 < 32 ? 0 : 255));
      yield { source, edited: mapped(source, change), mask };
    }
  }
  return await measure(frames(), 64);
}

describe('all measures', () => {
  it('of an edit that changes nothing', async () => {
    const measures = await measured((value) => value);
    expect(reportJson(measures, 64)).toMatchObject({
      ok: true,
      frames: 4,
      warpError: { ratio: 1, excess: 0 },
      outsideMask: { maxDiff: 0, identical: true, share: 0.5 },
      sharpnessRatio: 1,
      colourDrift: 0,
    });
  });

  it('of an edit inside its mask, and of one that spills', async () => {
    const inside = await measured((value, x) => (x >= 32 ? value * 0.5 : value));
    expect(inside.outsideMask).toEqual({ maxDiff: 0, identical: true, share: 0.5 });
    expect(inside.sharpnessRatio).not.toBe(1);
    const spilling = await measured((value, x) => (x >= 31 ? value + 3 : value));
    expect(spilling.outsideMask).toMatchObject({ maxDiff: 3, identical: false });
    expect(reportTable(reportRows(spilling, 64))).toContain('differs by 3');
  });

  it('are drawn on a page that needs nothing from elsewhere, whatever the names', async () => {
    const measures = await measured((value) => value * 0.8);
    const names = { source: '<b>in</b>.mp4', edited: 'out "2" & more.mp4' };
    const page = plotPage(names, measures, reportRows(measures, 64));
    expect(page).not.toMatch(/<script|https?:|url\(|<b>|NaN|Infinity/);
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page).toContain('&lt;b&gt;in&lt;/b&gt;.mp4');
  });
});

describe('charts', () => {
  it('have round ticks', () => {
    expect([3.2, 0.07, 480, 10].map((top) => tickStep(top, 4))).toEqual([1, 0.02, 200, 5]);
  });

  it('leave a gap where a value is missing, and mark one that stands alone', () => {
    const draw = (values: (number | null)[]) =>
      chartSvg({
        title: 't',
        unit: 'u',
        note: '',
        curves: [{ name: 'a', kind: 'edited', values }],
      });
    expect(
      draw([1, 2, null, 3, 4])
        .match(/d="([^"]*)"/)?.[1]
        ?.match(/M/g),
    ).toHaveLength(2);
    expect(draw([1, 2, null, 3, null, 1, 1])).toContain('<circle');
    expect(draw([0, 0])).not.toMatch(/NaN|Infinity/);
  });
});
