import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BenchRow } from './browser/attention-bench.ts';
import { openHarness, type Harness } from './support/browser.ts';

const SHAPES = ['1 x 16 q, 64 k, 8 x 160'];

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness();
});

afterAll(async () => {
  await harness.close();
});

it('compares three ways of attention on one adapter, each against float64', async () => {
  const { adapter, rows } = await harness.call<{ adapter: string; rows: BenchRow[] }>(
    'e2e/browser/attention-bench.ts',
    'attentionBench',
    SHAPES,
  );
  expect(adapter).toMatch(/swiftshader/i);
  expect(rows.map((row) => row.shape)).toEqual(SHAPES);
  for (const row of rows) {
    // Ours must be right on the adapter at hand; MultiHeadAttention is known to be wrong on this one.
    expect(row.oursErr).toBeLessThan(4e-6);
    expect(row.unfusedErr).toBeLessThan(4e-6);
    expect(row.mhaErr).toBeGreaterThanOrEqual(0);
    for (const value of [row.oursMs, row.mhaMs, row.unfusedMs, row.oursBytes, row.unfusedBytes]) {
      expect(value).toBeGreaterThan(0);
    }
    expect(row.oursBytes).toBeLessThan(row.unfusedBytes);
  }
});
