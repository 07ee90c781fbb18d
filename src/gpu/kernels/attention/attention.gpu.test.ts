import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GpuContext } from '../../context.ts';
import { bankOf, checkExact, queriesOf, runAttention } from '../../testing/attention-calls.ts';
import { bufferOf, seededFloats, worstDifference } from '../../testing/buffers.ts';
import { openTestContext } from '../../testing/device.ts';
import { attentionReference } from './attention.reference.ts';
import { recordAttention } from './attention.ts';

/** A software adapter on a busy machine. */
const PATIENCE = { timeout: 300_000 };

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

describe('attention', () => {
  it('matches float64 on one bank', async () => {
    const shape = { batch: 2, queries: 37, heads: 3, headDim: 24 };
    await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [bankOf(shape, 50, 2, 7)] }],
    });
  });

  it('takes every head size from 1 to 160', PATIENCE, async () => {
    for (const headDim of [1, 6, 31, 64, 157, 160]) {
      const shape = { batch: 1, queries: 5, heads: 2, headDim };
      await checkExact(context, {
        ...shape,
        q: queriesOf(shape, headDim),
        paths: [{ scale: 1, banks: [bankOf(shape, 35, 1, headDim + 1)] }],
      });
    }
  });

  it('gives each branch its own bank: three-branch swap', async () => {
    const shape = { batch: 6, queries: 20, heads: 2, headDim: 24 };
    const swap = bankOf(shape, 60, 3, 3);
    const result = await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [swap] }],
    });
    expect(result.some((value) => value !== 0)).toBe(true);
  });

  it('joins any number of banks in one softmax', async () => {
    const shape = { batch: 4, queries: 33, heads: 2, headDim: 24 };
    const banks = [5, 40, 1, 33, 64].map((keys, i) =>
      bankOf(shape, keys, i % 2 === 0 ? 4 : 2, i * 9),
    );
    const call = { ...shape, q: queriesOf(shape), paths: [{ scale: 0.7, banks }] };
    await checkExact(context, call);
  });

  it('adds paths, each with a softmax and a scale of its own', async () => {
    const shape = { batch: 2, queries: 21, heads: 2, headDim: 24 };
    await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [
        { scale: 1, banks: [bankOf(shape, 77, 1, 3), bankOf(shape, 12, 2, 4)] },
        { scale: -0.4, banks: [bankOf(shape, 4, 2, 5)] },
        { scale: 2, banks: [] },
      ],
    });
  });

  it('counts keys per entry, none included: sequential gather', async () => {
    const shape = { batch: 4, queries: 18, heads: 2, headDim: 8 };
    const earlier = { ...bankOf(shape, 96, 1, 3), keyCounts: [0, 32, 64, 96] };
    const result = await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [earlier] }],
    });
    expect(result.subarray(0, 18 * 16).every((value) => value === 0)).toBe(true);
    const own = { ...bankOf(shape, 32, 4, 8), keyCounts: [32, 0, 0, 0] };
    await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [earlier, own] }],
    });
  });

  it('gives 0 without any key', async () => {
    const shape = { batch: 1, queries: 3, heads: 1, headDim: 4 };
    const result = await runAttention(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [] }],
    });
    expect([...result]).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('adds key weights as logarithms', async () => {
    const shape = { batch: 2, queries: 9, heads: 2, headDim: 24 };
    const keyWeights = seededFloats(2 * 45, 5).map((value) => Math.abs(value) * 3);
    keyWeights[7] = 0;
    await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [{ ...bankOf(shape, 45, 2, 3), keyWeights }] }],
    });
  });

  it('skips masked queries and leaves the others alone', async () => {
    const shape = { batch: 2, queries: 100, heads: 2, headDim: 24 };
    const queryMask = seededFloats(200, 4).map((value, i) => (i % 100 > 60 && value > 0 ? 1 : 0));
    const banks = [bankOf(shape, 45, 2, 3), bankOf(shape, 10, 1, 4)];
    const result = await checkExact(context, {
      ...shape,
      q: queriesOf(shape),
      queryMask,
      paths: [
        { scale: 1, banks },
        { scale: 0.5, banks },
      ],
    });
    expect(result.subarray(0, 60 * 48).every((value) => value === 0)).toBe(true);
  });

  it(
    'does no work for queries outside the mask, but for the rest of their workgroups',
    PATIENCE,
    async () => {
      const shape = { batch: 1, queries: 512, heads: 1, headDim: 24 };
      const keys = 2048;
      const [q, k, v, output] = [
        queriesOf(shape),
        ...[1, 2].map((seed) => seededFloats(keys * 24, seed)),
        new Float32Array(512 * 24),
      ].map((data) => bufferOf(context, data)) as [GPUBuffer, GPUBuffer, GPUBuffer, GPUBuffer];
      // One query of every block of 32 rows, or of every 16th.
      const masks = [1, 16].map((every) =>
        bufferOf(
          context,
          Float32Array.from({ length: 512 }, (_, row) => (row % (32 * every) === 5 ? 1 : 0)),
        ),
      ) as [GPUBuffer, GPUBuffer];
      const time = async (queryMask: GPUBuffer): Promise<number> => {
        const begun = performance.now();
        const paths = [{ scale: 1, banks: [{ k, v, entries: 1, keys }] }];
        recordAttention(context, { ...shape, elem: 'f32', q, output, queryMask, paths });
        context.flush();
        await context.device.queue.onSubmittedWorkDone();
        return performance.now() - begun;
      };
      const [every, few] = masks;
      await time(every);
      const times = { every: Infinity, few: Infinity };
      for (let round = 0; round < 3; round++) {
        times.every = Math.min(times.every, await time(every));
        times.few = Math.min(times.few, await time(few));
      }
      // A sixteenth of the work, plus what a submit costs.
      expect(times.few).toBeLessThan(times.every / 3);
      [q, k, v, output, ...masks].forEach((buffer) => context.release(buffer));
    },
  );

  it('stays finite with logits of hundreds', async () => {
    const shape = { batch: 1, queries: 8, heads: 1, headDim: 24 };
    const q = queriesOf(shape).map((value) => value * 300);
    const result = await runAttention(context, {
      ...shape,
      q,
      paths: [{ scale: 1, banks: [bankOf(shape, 70, 1, 3)] }],
    });
    const expected = attentionReference({
      ...shape,
      q,
      paths: [{ scale: 1, banks: [bankOf(shape, 70, 1, 3)] }],
    });
    // Logits near 300 carry 24 bits: weights err by 300 * 2^-24.
    expect(worstDifference(result, expected).difference).toBeLessThan(1e-4);
  });

  it('matches float64 on any shape', PATIENCE, async () => {
    const cases = fc.record({
      entries: fc.constantFrom(1, 2, 3),
      repeats: fc.constantFrom(1, 2),
      queries: fc.integer({ min: 1, max: 70 }),
      heads: fc.integer({ min: 1, max: 3 }),
      headDim: fc.constantFrom(3, 8, 24),
      keys: fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 3 }),
      seed: fc.nat(1000),
    });
    const law = fc.asyncProperty(cases, async ({ entries, repeats, keys, seed, ...rest }) => {
      const shape = { batch: entries * repeats, ...rest };
      const banks = keys.map((count, i) => bankOf(shape, count, entries, seed + i));
      await checkExact(context, {
        ...shape,
        q: queriesOf(shape, seed),
        paths: [{ scale: 1, banks }],
      });
    });
    await fc.assert(law, { numRuns: 25, seed: 11 });
  });
});
