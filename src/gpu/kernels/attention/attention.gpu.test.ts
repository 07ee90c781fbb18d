import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GpuContext } from '../../context.ts';
import { bufferOf, readFloats, seededFloats, worstDifference } from '../../testing/buffers.ts';
import { openTestContext } from '../../testing/device.ts';
import {
  attentionReference,
  type ReferenceBank,
  type ReferenceCall,
} from './attention.reference.ts';
import { recordAttention } from './attention.ts';
import { keysPerDispatch } from './attention-slices.ts';
import {
  DEFAULT_TILING,
  smallestSubgroup,
  TILINGS,
  tilingName,
  withSubgroups,
  type Tiling,
} from './tilings.ts';

// Inputs are in -1..1, so results are too; f32 sums of a few hundred products err by about 1e-6.
const TOLERANCE = 3e-6;

/** A software adapter on a busy machine. */
const PATIENCE = { timeout: 120_000 };

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

type Shape = { batch: number; queries: number; heads: number; headDim: number };

function bankOf(shape: Shape, keys: number, entries: number, seed: number): ReferenceBank {
  const count = entries * keys * shape.heads * shape.headDim;
  return { k: seededFloats(count, seed), v: seededFloats(count, seed + 1), entries, keys };
}

async function run(call: ReferenceCall, tiling?: Tiling): Promise<Float32Array> {
  return await context.guard('attention test', async () => {
    const owned: GPUBuffer[] = [];
    const own = (data: ArrayLike<number>): GPUBuffer => {
      const buffer = bufferOf(context, Float32Array.from(data));
      owned.push(buffer);
      return buffer;
    };
    const count = call.batch * call.queries * call.heads * call.headDim;
    // Not zeros: what a kernel forgets to write must show.
    const output = own(new Float32Array(count).fill(99));
    recordAttention(context, {
      ...call,
      elem: 'f32',
      q: own(call.q),
      output,
      ...(tiling === undefined ? {} : { tilingOf: () => tiling }),
      paths: call.paths.map((path) => ({
        scale: path.scale,
        banks: path.banks.map(({ keyWeights, keyCounts, ...bank }) => ({
          ...bank,
          k: own(bank.k),
          v: own(bank.v),
          ...(keyCounts === undefined ? {} : { keyCounts }),
          ...(keyWeights === undefined ? {} : { keyWeights: own(keyWeights) }),
        })),
      })),
      ...(call.queryMask === undefined
        ? { queryMask: undefined }
        : { queryMask: own(call.queryMask) }),
    } as Parameters<typeof recordAttention>[1]);
    const result = await readFloats(context, output, count);
    owned.forEach((buffer) => context.release(buffer));
    return result;
  });
}

async function expectExact(call: ReferenceCall, tiling?: Tiling): Promise<Float32Array> {
  const result = await run(call, tiling);
  const worst = worstDifference(result, attentionReference(call));
  expect(worst).toSatisfy(({ difference }: typeof worst) => difference < TOLERANCE);
  return result;
}

function queriesOf(shape: Shape, seed = 1): Float32Array {
  return seededFloats(shape.batch * shape.queries * shape.heads * shape.headDim, seed);
}

describe('attention', () => {
  it('matches float64 on one bank', async () => {
    const shape = { batch: 2, queries: 37, heads: 3, headDim: 24 };
    await expectExact({
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [bankOf(shape, 50, 2, 7)] }],
    });
  });

  it('takes every head size from 1 to 160', PATIENCE, async () => {
    for (const headDim of [1, 6, 31, 64, 157, 160]) {
      const shape = { batch: 1, queries: 5, heads: 2, headDim };
      await expectExact({
        ...shape,
        q: queriesOf(shape, headDim),
        paths: [{ scale: 1, banks: [bankOf(shape, 35, 1, headDim + 1)] }],
      });
    }
  });

  it('gives each branch its own bank: three-branch swap', async () => {
    const shape = { batch: 6, queries: 20, heads: 2, headDim: 24 };
    const swap = bankOf(shape, 60, 3, 3);
    const result = await expectExact({
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
    await expectExact(call);
  });

  it('adds paths, each with a softmax and a scale of its own', async () => {
    const shape = { batch: 2, queries: 21, heads: 2, headDim: 24 };
    await expectExact({
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
    const result = await expectExact({
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [earlier] }],
    });
    expect(result.subarray(0, 18 * 16).every((value) => value === 0)).toBe(true);
    const own = { ...bankOf(shape, 32, 4, 8), keyCounts: [32, 0, 0, 0] };
    await expectExact({
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [earlier, own] }],
    });
  });

  it('gives 0 without any key', async () => {
    const shape = { batch: 1, queries: 3, heads: 1, headDim: 4 };
    const result = await run({ ...shape, q: queriesOf(shape), paths: [{ scale: 1, banks: [] }] });
    expect([...result]).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('adds key weights as logarithms', async () => {
    const shape = { batch: 2, queries: 9, heads: 2, headDim: 24 };
    const keyWeights = seededFloats(2 * 45, 5).map((value) => Math.abs(value) * 3);
    keyWeights[7] = 0;
    await expectExact({
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [{ ...bankOf(shape, 45, 2, 3), keyWeights }] }],
    });
  });

  it('skips masked queries and leaves the others alone', async () => {
    const shape = { batch: 2, queries: 100, heads: 2, headDim: 24 };
    const queryMask = seededFloats(200, 4).map((value, i) => (i % 100 > 60 && value > 0 ? 1 : 0));
    const banks = [bankOf(shape, 45, 2, 3), bankOf(shape, 10, 1, 4)];
    const result = await expectExact({
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
    const result = await run({
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

  it('gives the same bits however work is split over submits', async () => {
    const shape = { batch: 2, queries: 70, heads: 2, headDim: 8 };
    const call = {
      ...shape,
      q: queriesOf(shape),
      paths: [{ scale: 1, banks: [bankOf(shape, 70, 2, 3), bankOf(shape, 5, 1, 4)] }],
    };
    const whole = await run(call);
    Object.defineProperty(context, 'costPerSubmit', { get: () => 1, configurable: true });
    try {
      expect(await run(call)).toEqual(whole);
    } finally {
      Reflect.deleteProperty(context, 'costPerSubmit');
    }
  });

  it('goes on where a dispatch had to stop among the keys', async () => {
    const shape = { batch: 1, queries: 3, heads: 1, headDim: 160 };
    const keys = 2 * keysPerDispatch(160) + 7;
    const keyWeights = seededFloats(keys, 9).map(Math.abs);
    await expectExact({
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
      await expectExact(call, tiling);
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
      const weights = await expectExact(call, tiling);
      const flipped = seed % keys;
      const other = Float32Array.from(k, (value, i) =>
        Math.floor(i / 64) === flipped ? -value : value,
      );
      const changed = await expectExact(
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
      await expectExact({ ...shape, q: queriesOf(shape, seed), paths: [{ scale: 1, banks }] });
    });
    await fc.assert(law, { numRuns: 25, seed: 11 });
  });
});
