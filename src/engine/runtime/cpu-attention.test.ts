import * as ort from 'onnxruntime-web/wasm';
import { afterAll, expect, it } from 'vitest';
import { CpuAttention } from './cpu-attention.ts';
import { Sessions } from './sessions.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const sessions = new Sessions(ort, { executionProviders: ['wasm'] });

afterAll(async () => await sessions.close());

/** One query and one key, so that the result is the value, whatever the head. */
async function attend(attention: CpuAttention, heads: number, channels: number) {
  const row = Float32Array.from({ length: channels }, (_, i) => i + 1);
  const bank = { k: row, v: row, entries: 1, keys: 1 };
  const paths = [{ scale: 1, banks: [bank] }];
  return await attention.run({ batch: 1, queries: 1, channels, q: row, heads, paths });
}

it('attends again after a run that failed', async () => {
  const attention = new CpuAttention(sessions);
  // Channels that the heads don't divide are refused by the session itself, as too little memory would be.
  await expect(attend(attention, 2, 3)).rejects.toMatchObject({ code: 'engine/run-failed' });
  expect([...(await attend(attention, 2, 4))]).toEqual([1, 2, 3, 4]);
});
