import { expect } from 'vitest';
import { benchLength, type LengthFigures } from '../../bench/length.ts';
import type { LengthOptions } from '../../scripts/bench/options.ts';

/** Edits of clips of these lengths hold the same memory, and take time by their frames. */
export async function checkLengths(options: Omit<LengthOptions, 'size'>): Promise<void> {
  const { runtimes, missed } = await benchLength(() => undefined, { ...options, size: 64 });
  expect(missed).toEqual([]);
  const figures = runtimes as Partial<Record<string, LengthFigures>>;
  for (const runtime of options.runtimes) {
    const { seconds, heapBytes, wasmBytes, gpuBytes, fit } = figures[runtime] ?? {};
    expect(seconds).toEqual(options.seconds);
    expect(Math.min(...(heapBytes ?? []))).toBeGreaterThan(1e6);
    expect(Math.min(...(wasmBytes ?? []))).toBeGreaterThan(1e6);
    expect(Math.min(...(gpuBytes ?? [])) > 0).toBe(runtime === 'webgpu');
    expect(fit?.slope).toBeGreaterThan(0);
    expect(fit?.r2).toBeGreaterThan(0.95);
  }
}
