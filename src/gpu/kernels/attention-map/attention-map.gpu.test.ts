import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GpuContext } from '../../context.ts';
import { bufferOf, readFloats, seededFloats, worstDifference } from '../../testing/buffers.ts';
import { openTestContext } from '../../testing/device.ts';
import { attentionMapReference } from './attention-map.reference.ts';
import { recordAttentionMap } from './attention-map.ts';

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

it.each([
  { batch: 4, queries: 50, entries: 2, keys: 77, heads: 3, headDim: 7, chosen: [5, 0, 76] },
  { batch: 1, queries: 3, entries: 1, keys: 1, heads: 1, headDim: 160, chosen: [0] },
  { batch: 2, queries: 130, entries: 1, keys: 9, heads: 2, headDim: 40, chosen: [8, 8] },
])('reads how much each query attends to chosen keys: %j', { timeout: 120_000 }, async (sizes) => {
  const { batch, queries, entries, keys, heads, headDim, chosen } = sizes;
  const q = seededFloats(batch * queries * heads * headDim, 3).map((value) => 4 * value);
  const k = seededFloats(entries * keys * heads * headDim, 4);
  const count = batch * queries * chosen.length;
  const expected = attentionMapReference(q, k, sizes);
  const buffers = [q, k, new Float32Array(count).fill(99)].map((data) => bufferOf(context, data));
  const [qBuffer, kBuffer, output] = buffers as [GPUBuffer, GPUBuffer, GPUBuffer];
  const run = async (): Promise<Float32Array> =>
    await context.guard('attention map test', async () => {
      recordAttentionMap(context, { ...sizes, elem: 'f32', q: qBuffer, k: kBuffer, output });
      return await readFloats(context, output, count);
    });
  const whole = await run();
  expect(worstDifference(whole, expected).difference).toBeLessThan(3e-6);
  Object.defineProperty(context, 'costPerSubmit', { get: () => 1, configurable: true });
  expect(await run()).toEqual(whole);
  Reflect.deleteProperty(context, 'costPerSubmit');
  buffers.forEach((buffer) => context.release(buffer));
});
