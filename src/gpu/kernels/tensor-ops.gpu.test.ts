import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GpuContext } from '../context.ts';
import { outputOf, seededFloats, worstDifference } from '../testing/buffers.ts';
import { openTestContext } from '../testing/device.ts';
import { recordCombine } from './combine/combine.ts';
import { recordConcat, recordCopyBlocks, recordRepeat, recordSlice } from './copy/copy.ts';
import { recordMix } from './mix/mix.ts';
import { recordMoments } from './moments/moments.ts';
import { recordFromPictures, recordToPictures } from './pictures/pictures.ts';
import {
  combineReference,
  concatReference,
  mixReference,
  momentsReference,
  sliceReference,
  toPicturesReference,
} from './tensor-ops.reference.ts';

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

describe('tensor kernels', () => {
  it('combine: any number of terms, one scale or one per entry', async () => {
    const [entries, perEntry] = [3, 70];
    for (const count of [1, 2, 4, 5, 9]) {
      const terms = Array.from({ length: count }, (_, i) => ({
        data: seededFloats(entries * perEntry, i + 1),
        scale: i % 2 === 0 ? [0.5, -1, i] : i - 2.5,
      }));
      const result = await outputOf(context, entries * perEntry, (output, own) => {
        const buffers = terms.map(({ data, scale }) => ({ buffer: own(data), scale }));
        recordCombine(context, { elem: 'f32', terms: buffers, entries, perEntry, output });
      });
      const expected = combineReference(terms, entries, perEntry);
      // Sums of up to nine terms of size up to 8 in f32.
      expect(worstDifference(result, expected).difference).toBeLessThan(1e-5);
    }
  });

  it('concat and slice: any shape, any axis', { timeout: 60_000 }, async () => {
    const cases = fc.record({
      shape: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      axis: fc.nat(3),
      sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    });
    const law = fc.asyncProperty(cases, async ({ shape, axis: wanted, sizes }) => {
      const axis = wanted % shape.length;
      const parts = sizes.map((size, i) => {
        const own = shape.with(axis, size);
        return { shape: own, data: seededFloats(product(own), i + 1) };
      });
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const whole = shape.with(axis, total);
      const joined = await outputOf(context, product(whole), (output, own) => {
        const buffers = parts.map((part) => ({ buffer: own(part.data), shape: part.shape }));
        recordConcat(context, { elem: 'u32', parts: buffers, axis, output });
      });
      expect([...joined]).toEqual(concatReference(parts, axis));
      const [from, to] = [total >> 1, total];
      const piece = await outputOf(context, product(shape.with(axis, to - from)), (output, own) => {
        const input = { buffer: own(joined), shape: whole };
        recordSlice(context, { elem: 'u32', input, axis, from, to, output });
      });
      expect([...piece]).toEqual(sliceReference({ shape: whole, data: joined }, axis, from, to));
    });
    await fc.assert(law, { numRuns: 40, seed: 2 });
  });

  it('copies integers and not-a-numbers bit by bit', async () => {
    const words = Uint32Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 0x7fc0_0000 + i : i));
    const result = await outputOf(context, 30, (output, own) => {
      const layout = { blocks: 30, inner: 1, inputStride: 2, outputStride: 1, inputOffset: 1 };
      recordCopyBlocks(context, { elem: 'u32', input: own(words), output, ...layout });
    });
    expect(new Uint32Array(result.buffer)).toEqual(words.filter((_, i) => i % 2 === 1));
  });

  it('repeat: tiles the first axis', async () => {
    const data = seededFloats(21, 3);
    const result = await outputOf(context, 63, (output, own) => {
      recordRepeat(context, { elem: 'u32', input: own(data), count: 21, times: 3, output });
    });
    expect([...result]).toEqual([...data, ...data, ...data]);
  });

  it('mix: masks reach all channels; 0 and 1 give the inputs exactly', async () => {
    const [entries, channels, area] = [2, 3, 35];
    const [a, b] = [seededFloats(210, 1), seededFloats(210, 2)];
    const mask = seededFloats(70, 3).map((value, i) => (i < 35 ? Math.abs(value) : i % 2));
    const result = await outputOf(context, 210, (output, own) => {
      const shape = { entries, channels, area };
      recordMix(context, { elem: 'f32', a: own(a), b: own(b), mask: own(mask), output, ...shape });
    });
    const expected = mixReference(a, b, mask, channels, area);
    expect(worstDifference(result, expected).difference).toBeLessThan(3e-7);
    const second = Float32Array.from(expected.subarray(105));
    expect(result.subarray(105)).toEqual(second);
  });

  it('moments: mean and spread of each entry, also far from 0', async () => {
    for (const [entries, perEntry] of [
      [3, 10_001],
      [1, 1],
      [70, 5],
    ] as const) {
      const data = seededFloats(entries * perEntry, 4).map(
        (value, i) => value + (i % 2) * 0.1 + 50,
      );
      const result = await outputOf(context, entries * 2, (output, own) => {
        recordMoments(context, { elem: 'f32', input: own(data), entries, perEntry, output });
      });
      // 50 has 18 bits left below 1 in f32.
      expect(worstDifference(result, momentsReference(data, entries)).difference).toBeLessThan(
        1e-5,
      );
    }
  });

  it('moments: a value that is no number shows', async () => {
    const data = seededFloats(5000, 4);
    data[4321] = Number.NaN;
    const result = await outputOf(context, 2, (output, own) => {
      recordMoments(context, { elem: 'f32', input: own(data), entries: 1, perEntry: 5000, output });
    });
    expect([...result]).toEqual([Number.NaN, Number.NaN]);
  });

  it('pictures: clamped, rounded, and back within half a level', async () => {
    const area = 77;
    const planes = seededFloats(3 * area, 6).map((value) => value * 1.2);
    const words = await outputOf(context, area, (pixels, own) => {
      const shape = { entries: 1, area, range: [-1, 1] as const };
      recordToPictures(context, { elem: 'f32', planes: own(planes), pixels, ...shape });
    });
    const bytes = new Uint8Array(words.buffer);
    expect([...bytes]).toEqual(toPicturesReference(planes, [-1, 1]));
    const back = await outputOf(context, 3 * area, (output, own) => {
      const shape = { entries: 1, area, range: [-1, 1] as const };
      recordFromPictures(context, { elem: 'f32', planes: output, pixels: own(bytes), ...shape });
    });
    const clamped = planes.map((value) => Math.min(1, Math.max(-1, value)));
    expect(worstDifference(back, clamped).difference).toBeLessThanOrEqual(1 / 255 + 1e-6);
  });

  it('pictures: entries stay apart', async () => {
    const planes = seededFloats(2 * 3 * 10, 6);
    const words = await outputOf(context, 20, (pixels, own) => {
      const shape = { entries: 2, area: 10, range: [-1, 1] as const };
      recordToPictures(context, { elem: 'f32', planes: own(planes), pixels, ...shape });
    });
    const expected = [planes.subarray(0, 30), planes.subarray(30)].flatMap((one) =>
      toPicturesReference(one, [-1, 1]),
    );
    expect([...new Uint8Array(words.buffer)]).toEqual(expected);
  });
});
