import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/preview.ts';

type Look = { shown: { frame: number; state: string } | null; left: number; right: number };

describe('preview worker', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await openHarness();
  });

  afterAll(async () => {
    await harness.close();
  });

  it('draws source and edit either side of the split', async () => {
    const result = await harness.call<Record<'source' | 'edit' | 'split' | 'missing', Look>>(
      MODULE,
      'drawsViews',
    );
    expect(result).toMatchObject({
      source: { shown: { frame: 10, state: 'source' } },
      edit: { shown: { frame: 10, state: 'edited' } },
      split: { shown: { frame: 10, state: 'edited' } },
      missing: { shown: { frame: 12, state: 'missing' } },
      outside: { shown: { frame: 20, state: 'source' } },
      size: [240, 135],
      closed: null,
      reopened: { frame: 10, state: 'edited' },
    });
    const { source, edit, split, missing } = result;
    expect(edit.left).toBeLessThan(0.5 * source.left);
    expect(edit.right).toBeLessThan(0.5 * source.right);
    expect([split.left, split.right]).toEqual([source.left, edit.right]);
    expect(missing.right).toBeGreaterThan(0.9 * source.right);
  });

  it('draws the newest view and drops those it had no time for', async () => {
    const result = await harness.call<{ dropped: number; others: number[] }>(
      MODULE,
      'dropsOldViews',
    );
    expect(result).toMatchObject({ last: { frame: 10, state: 'edited' } });
    expect(result.dropped).toBeGreaterThanOrEqual(2);
    expect(result.others.at(-1)).toBe(10);
  });

  it('plays every frame in order', async () => {
    const frames = await harness.call(MODULE, 'playsInOrder');
    expect(frames).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  it('makes thumbnails of what the viewer shows', async () => {
    const size = { width: 78, height: 44 };
    expect(await harness.call(MODULE, 'makesThumbnails')).toEqual([
      { frame: 10, ...size, isDark: true },
      { frame: 12, ...size, isDark: false },
      { frame: 20, ...size, isDark: false },
    ]);
  });

  it('keeps the clip when another file can’t be opened', async () => {
    expect(await harness.call(MODULE, 'refusesBadFiles')).toEqual({
      codes: ['media/empty-file', expect.stringMatching(/^media\//) as string],
      still: { frame: 10, state: 'edited' },
    });
  });
});
