import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GpuContext } from '../../context.ts';
import { bankOf, checkExact, queriesOf, runAttention } from '../../testing/attention-calls.ts';
import { seededFloats } from '../../testing/buffers.ts';
import { openTestContext } from '../../testing/device.ts';
import { keysPerDispatch } from './attention-slices.ts';
import { DEFAULT_TILING, smallestSubgroup, TILINGS, tilingName, withSubgroups } from './tilings.ts';

/** A software adapter on a busy machine. */
const PATIENCE = { timeout: 300_000 };

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

describe('attention, however its work is cut up', () => {
  it('gives the same bits however work is split over submits', async () => {
    const shape = { batch: 2, queries: 70, heads: 2, headDim: 8 };
    const call = {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [bankOf(shape, 70, 2, 3), bankOf(shape, 5, 1, 4)] }],
    };
    const whole = await runAttention(context, call);
    Object.defineProperty(context, 'costPerSubmit', { get: () => 1, configurable: true });
    try {
      expect(await runAttention(context, call)).toEqual(whole);
    } finally {
      Reflect.deleteProperty(context, 'costPerSubmit');
    }
  });

  it('goes on where a dispatch had to stop among the keys', async () => {
    const shape = { batch: 1, queries: 3, heads: 1, headDim: 160 };
    const keys = 2 * keysPerDispatch(160) + 7;
    const keyWeights = seededFloats(keys, 9).map(Math.abs);
    await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [{ ...bankOf(shape, keys, 1, 3), keyWeights }] }],
    });
  });

  it('is right in every tiling, with subgroups and without', { timeout: 600_000 }, async () => {
    const size = smallestSubgroup(context.device);
    // SwiftShader's are 4 wide: were there none, half of this test would be missing.
    expect(size).toBeGreaterThanOrEqual(4);
    const shape = { batch: 4, queries: 70, heads: 2, headDim: 36 };
    const call = {
      ...shape,
      q: queriesOf(shape),
      queryMask: seededFloats(280, 4).map((value, i) => (i < 66 || value > 0.5 ? 0 : 1)),
      paths: [
        {
          scale: 0.7,
          banks: [
            { ...bankOf(shape, 70, 2, 3), keyCounts: [70, 33, 1, 0] },
            { ...bankOf(shape, 65, 4, 5), keyWeights: seededFloats(260, 6).map(Math.abs) },
          ],
        },
        { scale: 1.5, banks: [bankOf(shape, 9, 1, 7)] },
      ],
    };
    const all = [...TILINGS, ...TILINGS.map((tiling) => withSubgroups(tiling, size))];
    expect(new Set(all.map(tilingName)).size).toBe(2 * TILINGS.length);
    for (const tiling of all) {
      await checkExact(context, call, tiling);
    }
  });

  it('lets every key count, at its own place', PATIENCE, async () => {
    const cases = fc.record({
      keys: fc.integer({ min: 1, max: 64 }),
      seed: fc.nat(1000),
      tiling: fc.constantFrom(DEFAULT_TILING, { columns: 16, rowGroups: 4, lanes: 4 }),
    });
    const law = fc.asyncProperty(cases, async ({ keys, seed, tiling }) => {
      // Key i's value is 1 in dimension i alone: the result is the row of weights itself.
      const shape = { batch: 1, queries: 34, heads: 1, headDim: 64 };
      const { k } = bankOf(shape, keys, 1, seed);
      const v = Float32Array.from({ length: keys * 64 }, (_, i) =>
        i % 64 === Math.floor(i / 64) ? 1 : 0,
      );
      const bank = { k, v, entries: 1, keys };
      const call = { ...shape, q: queriesOf(shape, seed), paths: [{ scale: 1, banks: [bank] }] };
      const weights = await checkExact(context, call, tiling);
      const flipped = seed % keys;
      const other = Float32Array.from(k, (value, i) =>
        Math.floor(i / 64) === flipped ? -value : value,
      );
      const changed = await checkExact(
        context,
        { ...call, paths: [{ scale: 1, banks: [{ ...bank, k: other }] }] },
        tiling,
      );
      for (let row = 0; row < 34; row++) {
        const at = row * 64;
        expect(weights.subarray(at, at + keys).every((weight) => weight > 0)).toBe(true);
        expect(weights.subarray(at + keys, at + 64).every((weight) => weight === 0)).toBe(true);
        expect(keys > 1 && changed[at + flipped] === weights[at + flipped]).toBe(false);
      }
    });
    await fc.assert(law, { numRuns: 10, seed: 5 });
  });
});
