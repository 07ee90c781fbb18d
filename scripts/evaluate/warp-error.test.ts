import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox, seedKey } from '../../src/base/rng.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import { compareSteadiness } from '../../src/diffusion/metrics/warp-error.ts';
import { mapped, texture } from './testing/texture.ts';
import { withOpenCv } from './opencv.ts';
import { measureWarpError } from './warp-error.ts';

const WIDTH = 96;
const HEIGHT = 64;
const shifts = fc.double({ min: -3, max: 3, noNaN: true });

/** `count` frames of the texture, each moved by (dx, dy) from the one before. */
function moving(count: number, dx: number, dy: number): Picture[] {
  return Array.from({ length: count }, (_, i) => texture(WIDTH, HEIGHT, i * dx, i * dy));
}

/** Whole numbers spread evenly over -amplitude…amplitude, another draw for each byte and frame. */
function noisy(picture: Picture, frame: number, amplitude: number): Picture {
  let draw = 0;
  return mapped(picture, (value) => {
    const [word] = philox([draw++, frame, 0, 0], seedKey(7));
    return value + (word % (2 * amplitude + 1)) - amplitude;
  });
}

/** Mean of |a - b| for two such draws: (m² - 1) / (3 m) with m = 2 amplitude + 1 values. */
function meanDifference(amplitude: number): number {
  const values = 2 * amplitude + 1;
  return (values * values - 1) / (3 * values);
}

describe('warp error', () => {
  it('is near 0 where a picture only moves, whole pixels or not', async () => {
    await fc.assert(
      fc.asyncProperty(shifts, shifts, async (dx, dy) => {
        const frames = moving(3, dx, dy);
        const { source, perPair } = await measureWarpError(frames, frames);
        expect(source).toBeLessThan(1);
        // Without the flow the same frames are far apart: it is the flow that explains them.
        expect(perPair.every(({ share }) => share > 0.8)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('is ratio 1 and excess 0 for an edit that changes nothing, still pictures included', async () => {
    const clip = moving(4, 2, 1);
    expect(await measureWarpError(clip, clip)).toMatchObject({ ratio: 1, excess: 0 });
    const still = moving(3, 0, 0);
    const { source, ...rest } = await measureWarpError(still, still);
    expect(source).toBeLessThan(0.02);
    expect(rest).toMatchObject({ ratio: 1, excess: 0 });
  });

  it('grows by the mean difference of two draws when each frame gets noise of its own', async () => {
    const still = moving(4, 0, 0);
    for (const amplitude of [2, 6, 15]) {
      const edited = still.map((frame, i) => noisy(frame, i, amplitude));
      const { excess } = await measureWarpError(still, edited);
      expect(Math.abs(excess / meanDifference(amplitude) - 1)).toBeLessThan(0.03);
    }
  });

  it('counts no flicker that is in the source alone, and shows a flicker of the whole picture', async () => {
    const clip = moving(5, 2, 0);
    const flicker = clip.map((frame, i) => mapped(frame, (value) => value + (i % 2) * 10));
    const { excess } = await measureWarpError(clip, flicker);
    expect(excess).toBeGreaterThan(9);
    expect(excess).toBeLessThan(10.1);
  });

  it('scales with the contrast, and an offset changes nothing', async () => {
    const clip = moving(4, 2.4, -1.3).map((frame, i) => noisy(frame, i, 3));
    const halved = clip.map((frame) => mapped(frame, (value) => value / 2));
    expect((await measureWarpError(clip, halved)).ratio).toBeCloseTo(0.5, 1);
    const lighter = clip.map((frame) => mapped(frame, (value) => value + 20));
    expect((await measureWarpError(clip, lighter)).ratio).toBeCloseTo(1, 6);
  });

  it('leaves out what the flow does not explain', async () => {
    const [first, second] = moving(2, 1, 0) as [Picture, Picture];
    // A patch appears out of nothing in the source: the edit is not judged there, whatever it does.
    const isPatch = (x: number, y: number) => x >= 30 && x < 60 && y >= 20 && y < 44;
    const patched = mapped(second, (value, x, y) => (isPatch(x, y) ? 255 - value / 4 : value));
    const edited = mapped(patched, (value, x, y) => (isPatch(x, y) ? 0 : value));
    const { perPair, excess } = await measureWarpError([first, patched], [first, edited]);
    expect(perPair[0]?.share).toBeLessThan(0.85);
    expect(Math.abs(excess)).toBeLessThan(0.5);
  });

  it('measures at model size', async () => {
    const clip = moving(3, 2, 0);
    const { perPair, ratio } = await measureWarpError(clip, clip, 128);
    expect(perPair).toHaveLength(2);
    expect(ratio).toBe(1);
  });

  it('says so where there is nothing to compare', async () => {
    const [one, two] = moving(2, 1, 0) as [Picture, Picture];
    await expect(measureWarpError([one], [one])).rejects.toMatchObject({
      code: 'evaluate/no-motion',
    });
    const cut = mapped(one, (value) => 255 - value);
    const blank = mapped(one, () => 0);
    await expect(measureWarpError([blank, cut], [blank, cut])).rejects.toMatchObject({
      code: 'evaluate/no-motion',
    });
    await expect(measureWarpError([one, two], [one])).rejects.toMatchObject({
      code: 'evaluate/mismatch',
    });
    await expect(measureWarpError([one], [one, two])).rejects.toMatchObject({
      code: 'evaluate/mismatch',
    });
  });

  it('frees what it takes from OpenCV: its memory does not grow with the number of frames', async () => {
    const clip = moving(2, 1, 1);
    await measureWarpError(clip, clip);
    const heapBytes = () =>
      withOpenCv((opencv) => (opencv as unknown as { HEAPU8: Uint8Array }).HEAPU8.length);
    const before = await heapBytes();
    function* long(): Generator<Picture> {
      for (let i = 0; i < 60; i++) {
        yield clip[i % 2] ?? texture(WIDTH, HEIGHT);
      }
    }
    for (let run = 0; run < 5; run++) {
      await measureWarpError(long(), long());
    }
    expect(await heapBytes()).toBe(before);
  });
});

describe('steadier than independent', () => {
  const entry = (edited: number, independent: number, ratio: number) => ({
    edited: { excess: edited },
    independent: { excess: independent, ratio },
  });

  it('compares summed excesses over the pairs where independent editing flickers', () => {
    const pairs = [entry(0.5, 1, 1.3), entry(1, 3, 2), entry(0.1, 0.2, 1.1)];
    const { reduction, perPair, counted } = compareSteadiness(pairs);
    expect(reduction).toBeCloseTo(1 - 1.5 / 4, 12);
    expect(perPair).toEqual([0.5, 1 - 1 / 3, null]);
    expect(counted).toBe(2);
  });

  it('is null where no pair counts', () => {
    expect(compareSteadiness([entry(0.1, 0.2, 1.14)])).toEqual({
      reduction: null,
      perPair: [null],
      counted: 0,
    });
  });
});
