import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/render.ts';
const IDENTICAL = { mean: 0, most: 0 };

describe('renderer', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await openHarness();
  });

  afterAll(async () => {
    await harness.close();
  });

  it('shows an edit where and as much as the document says, and the source elsewhere', async () => {
    const result = await harness.call<Record<string, unknown>>(MODULE, 'compositesEdits');
    expect(result).toMatchObject({
      states: ['edited', 'edited', 'edited', 'missing', 'missing'],
      outside: IDENTICAL,
      insideAsWhole: IDENTICAL,
      repeat: IDENTICAL,
      missingIsSource: true,
      noResultIsSource: true,
      untouched: [
        ['off', 'source', true],
        ['amount0', 'source', true],
        ['outsideSpan', 'source', true],
        ['otherClip', 'source', true],
      ],
    });
    expect(result['lumaShare']).toBeCloseTo(0.31, 1);
    expect(result['insideShare']).toBeLessThan(0.45);
    expect(result['halfShare']).toBeCloseTo((1 + Number(result['lumaShare'])) / 2, 2);
  });

  it('stacks edits and leaves out those without pictures', async () => {
    expect(await harness.call(MODULE, 'stacksEdits')).toEqual({
      gap: ['missing', 0],
      both: ['edited', true],
    });
  });

  it('composites reduced frames like full ones', async () => {
    for (const size of [
      [240, 135],
      [120, 68],
    ] as const) {
      const result = await harness.call<{ size: number[]; difference: number }>(
        MODULE,
        'rendersReduced',
        ...size,
      );
      expect(result.size).toEqual(size);
      expect(result.difference).toBeLessThan(2);
    }
  });

  it('composites on a GPU as in typed arrays', async () => {
    type Difference = { states: string[]; mean: number; most: number };
    const result = await harness.call<{ differences: Record<string, Difference>; live: number }>(
      MODULE,
      'compositesOnGpu',
    );
    // What a context keeps for itself: the renderer gave all its buffers back.
    expect(result.live).toBeLessThanOrEqual(1024);
    expect(result).toMatchObject({
      outside: IDENTICAL,
      repeat: IDENTICAL,
      missing: ['missing', true],
    });
    expect(Object.keys(result.differences)).toEqual(['whole', 'masked', 'stacked']);
    for (const { states, mean, most } of Object.values(result.differences)) {
      expect(states).toEqual(['edited', 'edited']);
      expect(most).toBeLessThanOrEqual(1);
      expect(mean).toBeLessThan(0.05);
    }
  });

  it('goes on in typed arrays when the viewer’s GPU is lost', async () => {
    expect(await harness.call(MODULE, 'outlivesItsGpu')).toEqual({
      hadGpu: true,
      states: ['edited', 'edited'],
      after: IDENTICAL,
    });
  });
});
