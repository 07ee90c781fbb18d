import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeInfo } from '../src/protocol/engine.ts';
import type { Comparison } from './browser/runtime-attention.ts';
import { openHarness, type Harness } from './support/browser.ts';

const MODULE = 'e2e/browser/runtime-contract.ts';

/** The comparisons that missed their tolerance, in words. */
function misses(results: readonly Comparison[]): string[] {
  return results
    .filter(({ error, tolerance }) => !(error <= tolerance))
    .map(({ name, error, tolerance }) => `${name}: off by ${error}, allowed ${tolerance}`);
}

describe.each(['cpu', 'webgpu'] as const)('the tensor runtime on %s', (kind) => {
  let harness: Harness;
  let info: RuntimeInfo;

  beforeAll(async () => {
    harness = await openHarness();
    info = await harness.call<RuntimeInfo>(MODULE, 'open', kind);
  });

  afterAll(async () => {
    await harness.close();
  });

  it('says what it runs on and why', () => {
    expect(info.kind).toBe(kind);
    expect(info.device).not.toBe('');
    expect(info.reason).toMatch(/\.$/);
  });

  it('does layout, sums, masks, moments and pictures', async () => {
    const results = await harness.call<Comparison[]>(MODULE, 'operations');
    expect(misses(results)).toEqual([]);
    expect(results.length).toBeGreaterThan(20);
  });

  it('attends as float64 does, in every mode', async () => {
    const results = await harness.call<Comparison[]>(MODULE, 'attention');
    expect(misses(results)).toEqual([]);
    expect(results.length).toBe(22);
  });

  it('runs graphs between its own operations', async () => {
    const results = await harness.call<Comparison[]>(MODULE, 'graphs');
    expect(misses(results)).toEqual([]);
    expect(results.length).toBe(15);
  });

  it('refuses wrong use with a code, and goes on afterwards', async () => {
    const codes = await harness.call<Record<string, string>>(MODULE, 'wrongUse');
    const { 'damaged graph': damaged, ...faults } = codes;
    expect(damaged).toBe('engine/run-failed');
    expect(Object.entries(faults).filter(([, code]) => code !== 'internal/assert')).toEqual([]);
    expect(harness.problems).toEqual([]);
  });

  it('never runs a failed graph on old inputs', async () => {
    const outcomes = await harness.call<string[]>(MODULE, 'failedGraph');
    expect(outcomes).toEqual(['engine/run-failed', 'engine/run-failed', '2 4 6 8']);
  });

  it('gives all memory back', async () => {
    const bytes = await harness.call<Record<string, number>>(MODULE, 'close');
    expect(bytes).toMatchObject({ left: 0, held: 4000, after: 0 });
    expect(bytes['peak']).toBeGreaterThan(4000);
  });
});

describe('the runtime where the engine uses it', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await openHarness();
  });

  afterAll(async () => {
    await harness.close();
  });

  it.each(['cpu', 'webgpu'] as const)('loads and runs in a worker on %s', async (kind) => {
    const answer = await harness.call<unknown>(
      'e2e/browser/runtime-worker.ts',
      'runInWorker',
      kind,
    );
    expect(answer).toEqual({ kind, values: [2, 4, 6], isIsolated: true });
    expect(harness.problems).toEqual([]);
  });

  it('fails every call after its device is lost, and none of them hangs', async () => {
    await harness.call<RuntimeInfo>(MODULE, 'open', 'webgpu');
    expect(await harness.call<string[]>(MODULE, 'afterStrayError')).toEqual([
      'gpu/validation',
      'none',
    ]);
    const codes = await harness.call<string[]>(MODULE, 'afterDeviceLoss');
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'gpu/device-lost'));
    expect(await harness.call<number>(MODULE, 'reopen')).toBe(6);
  });
});
