import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Seen } from './browser/media-cases.ts';
import type { Recipe } from './browser/media-fixtures.ts';
import { openHarness, type Harness } from './support/browser.ts';

const CASES = 'e2e/browser/media-cases.ts';
const RED = [208, 32, 32];
const GREEN = [32, 176, 32];
const BLUE = [32, 48, 208];
const WHITE = [240, 240, 240];

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

function recipe(changes: Partial<Recipe> = {}): Recipe {
  return {
    width: 160,
    height: 96,
    times: Array.from({ length: 24 }, (_, i) => i / 24),
    lastDuration: 1 / 24,
    codec: 'avc',
    container: 'mp4',
    ...changes,
  };
}

/** Corner by corner within what 4:2:0 coding may change. */
function expectCorners(seen: Seen, expected: readonly number[][]): void {
  const worst = seen.corners.flatMap((corner, i) =>
    corner.map((value, c) => Math.abs(value - (expected[i]?.[c] ?? 0))),
  );
  expect(seen.corners).toHaveLength(4);
  expect(Math.max(...worst)).toBeLessThan(12);
}

function expectMarks(marks: readonly number[], indices: readonly number[]): void {
  const expected = indices.map((index) => 20 + (index % 12) * 18);
  const worst = marks.map((mark, i) => Math.abs(mark - (expected[i] ?? -99)));
  expect(marks).toHaveLength(indices.length);
  expect(Math.max(...worst)).toBeLessThan(7);
}

describe('opening a clip', () => {
  it('counts frames, keeps their times and colours', async () => {
    const seen = await harness.call<Seen>(CASES, 'see', recipe());
    expect(seen.info).toMatchObject({
      width: 160,
      height: 96,
      frameCount: 24,
      videoCodec: 'h264',
      variableRate: false,
      path: 'browser',
      notices: [],
    });
    expect(seen.info.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(seen.info.frameRate).toBeCloseTo(24, 1);
    expect(seen.times).toEqual(Array.from({ length: 24 }, (_, i) => Math.round((i * 1e6) / 24)));
    expect(Math.abs(seen.info.duration - 1e6)).toBeLessThan(20);
    expectCorners(seen, [RED, GREEN, BLUE, WHITE]);
    expectMarks(seen.marks, [...Array(24).keys()]);
  });

  it.each([
    { rotation: 90, flip: false, corners: [BLUE, RED, WHITE, GREEN], size: [96, 160] },
    { rotation: 180, flip: false, corners: [WHITE, BLUE, GREEN, RED], size: [160, 96] },
    { rotation: 270, flip: false, corners: [GREEN, WHITE, RED, BLUE], size: [96, 160] },
    { rotation: 0, flip: true, corners: [GREEN, RED, WHITE, BLUE], size: [160, 96] },
    { rotation: 90, flip: true, corners: [RED, BLUE, GREEN, WHITE], size: [96, 160] },
  ] as const)(
    'turns by $rotation degrees, mirrored: $flip',
    async ({ rotation, flip, corners, size }) => {
      const turned = recipe({ rotation, flip, times: [0, 0.1] });
      const seen = await harness.call<Seen>(CASES, 'see', turned);
      expect([seen.info.width, seen.info.height]).toEqual(size);
      expect(seen.info.rotation).toBe(rotation);
      expectCorners(seen, corners as unknown as number[][]);
    },
  );

  it('stretches pixels that are not square', async () => {
    const wide = recipe({ shownWidth: 240, times: [0, 0.1], codec: 'vp9', container: 'webm' });
    const seen = await harness.call<Seen>(CASES, 'see', wide);
    expect([seen.info.width, seen.info.height]).toEqual([240, 96]);
    expectCorners(seen, [RED, GREEN, BLUE, WHITE]);
  });

  it('keeps uneven times as they are', async () => {
    const times = [0, 0.04, 0.05, 0.4, 0.45, 1.2];
    const seen = await harness.call<Seen>(CASES, 'see', recipe({ times, lastDuration: 0.3 }));
    const worst = seen.times.map((time, i) => Math.abs(time - (times[i] ?? 0) * 1e6));
    expect(Math.max(...worst)).toBeLessThanOrEqual(9);
    expect(seen.info.variableRate).toBe(true);
    expect(seen.durations.at(-1)).toBeGreaterThan(299_000);
    expectMarks(seen.marks, [0, 1, 2, 3, 4, 5]);
  });

  it('counts time from the first shown frame; earlier sound has negative times', async () => {
    const late = recipe({
      times: [0.5, 0.6, 0.7, 0.8],
      lastDuration: 0.1,
      sound: { seconds: 1, beeps: [0.7] },
    });
    const seen = await harness.call<Seen>(CASES, 'see', late);
    expect(seen.times[0]).toBe(0);
    expect(Math.abs((seen.times[1] ?? 0) - 100_000)).toBeLessThanOrEqual(20);
    expect(seen.soundStart).toBeLessThan(-0.45);
    expect(seen.onsets).toHaveLength(1);
    expect(seen.onsets[0]).toBeCloseTo(0.2, 1);
  });

  it('reads odd sizes', async () => {
    const odd = recipe({ width: 161, height: 97, codec: 'vp9', container: 'webm' });
    const seen = await harness.call<Seen>(CASES, 'see', odd);
    expect([seen.info.width, seen.info.height]).toEqual([161, 97]);
    expectMarks(seen.marks, [...Array(24).keys()]);
  });

  it('finds the right frame in any order', async () => {
    const order = [0, 23, 5, 6, 7, 3, 22, 1, 12, 11];
    expectMarks(await harness.call<number[]>(CASES, 'seekMarks', recipe(), order), order);
  });

  it('reads with ffmpeg what the browser can’t, and says so', async () => {
    const seen = await harness.call<Seen>(CASES, 'seeAvi', 64, 48, 10);
    expect(seen.info).toMatchObject({
      width: 64,
      height: 48,
      frameCount: 10,
      videoCodec: 'mjpeg',
      path: 'ffmpeg',
    });
    expect(seen.info.notices.join(' ')).toContain('slower');
    expect(seen.times).toEqual(Array.from({ length: 10 }, (_, i) => i * 40_000));
    expectCorners(seen, [RED, GREEN, BLUE, WHITE]);
    expectMarks(seen.marks, [...Array(10).keys()]);
  });

  it('shows what is left of a truncated clip and says that it is cut', async () => {
    const seen = await harness.call<Seen>(CASES, 'seeTruncated', recipe(), 0.6);
    expect(seen.info.frameCount).toBeGreaterThan(3);
    expect(seen.info.frameCount).toBeLessThan(24);
    expect(seen.info.notices.join(' ')).toContain('cut off');
    expectMarks(seen.marks, [...Array(seen.info.frameCount).keys()]);
  });

  it('refuses what holds no picture with the code that fits', async () => {
    const codes = await harness.call<Record<string, string>>(CASES, 'refusals', recipe());
    expect(codes).toEqual({
      empty: 'media/empty-file',
      text: 'media/not-a-video',
      tiny: 'media/not-a-video',
      noise: 'media/not-a-video',
      picture: 'media/not-a-video',
      soundOnly: 'media/no-video-track',
      header: 'media/damaged',
    });
  });
});

type Exported = Seen & { plan: { container: string; videoCodec: string; audioHandling: string } };

describe('writing a clip', () => {
  const withSound = { sound: { seconds: 1.2, beeps: [0.25, 0.75] } };

  it('keeps frames, times, colours and sound in MP4', async () => {
    const seen = await harness.call<Exported>(CASES, 'seeExport', recipe(withSound), 'auto');
    expect(seen.plan).toMatchObject({
      container: 'mp4',
      videoCodec: 'h264',
      audioHandling: 'copied',
    });
    const worst = seen.times.map((time, i) => Math.abs(time - (i * 1e6) / 24));
    expect(Math.max(...worst)).toBeLessThanOrEqual(10);
    expect(Math.abs(seen.info.duration - 1e6)).toBeLessThan(1e6 / 24);
    expectCorners(seen, [RED, GREEN, BLUE, WHITE]);
    expectMarks(seen.marks, [...Array(24).keys()]);
    expect(seen.onsets).toHaveLength(2);
    expect(seen.onsets[0]).toBeCloseTo(0.25, 1);
    expect(seen.onsets[1]).toBeCloseTo(0.75, 1);
  });

  it('keeps uneven times and sound in WebM', async () => {
    const times = [0, 0.04, 0.051, 0.4, 0.45, 0.9];
    const uneven = recipe({ ...withSound, times, lastDuration: 0.2 });
    const seen = await harness.call<Exported>(CASES, 'seeExport', uneven, 'webm');
    expect(seen.plan).toMatchObject({ container: 'webm', videoCodec: 'vp9' });
    const worst = seen.times.map((time, i) => Math.abs(time - (times[i] ?? 0) * 1e6));
    expect(Math.max(...worst)).toBeLessThanOrEqual(510);
    expectMarks(seen.marks, [0, 1, 2, 3, 4, 5]);
    expect(seen.onsets).toHaveLength(2);
  });

  it.each(['auto', 'mp4'] as const)('keeps an odd size (%s)', async (container) => {
    const odd = recipe({ width: 161, height: 97, codec: 'vp9', container: 'webm' });
    const seen = await harness.call<Exported>(CASES, 'seeExport', odd, container);
    expect([seen.info.width, seen.info.height]).toEqual([161, 97]);
    expect(seen.plan.container).toBe(container === 'auto' ? 'webm' : 'mp4');
    expectMarks(seen.marks, [...Array(24).keys()]);
  });

  it('keeps the distance of a picture that starts after its sound', async () => {
    const late = recipe({
      times: [0.5, 0.6, 0.7, 0.8],
      lastDuration: 0.1,
      sound: { seconds: 1, beeps: [0.7] },
    });
    const seen = await harness.call<Exported>(CASES, 'seeExport', late, 'mp4');
    expect(seen.times[0]).toBe(0);
    expect(seen.soundStart).toBeLessThan(-0.45);
    expect(seen.onsets[0]).toBeCloseTo(0.2, 1);
  });

  it('leaves nothing behind when it is cancelled, aborted or fails', async () => {
    const result = await harness.call<{ files: string[]; codes: string[] }>(
      CASES,
      'leftovers',
      recipe({ times: [0, 0.1] }),
    );
    expect(result).toEqual({ files: [], codes: ['job/cancelled', 'internal/assert'] });
  });
});
