import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededFloats, worstDifference } from '../../testing/buffers.ts';
import { attentionMap } from './attention-map.cpu.ts';
import { attentionMapReference } from './attention-map.reference.ts';

const shapes = fc.record({
  entries: fc.integer({ min: 1, max: 2 }),
  repeats: fc.integer({ min: 1, max: 2 }),
  queries: fc.integer({ min: 1, max: 9 }),
  keys: fc.integer({ min: 1, max: 77 }),
  heads: fc.integer({ min: 1, max: 3 }),
  headDim: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(1000),
});

it('is the softmax at the chosen keys, and all keys together take everything', () => {
  const law = fc.property(shapes, ({ repeats, seed, ...rest }) => {
    const { entries, keys, heads, headDim, queries } = rest;
    const batch = entries * repeats;
    const q = seededFloats(batch * queries * heads * headDim, seed).map((value) => 4 * value);
    const k = seededFloats(entries * keys * heads * headDim, seed + 1);
    const some = { ...rest, batch, chosen: [seed % keys, 0] };
    const worst = worstDifference(attentionMap(q, k, some), attentionMapReference(q, k, some));
    expect(worst.difference).toBeLessThan(2e-6);
    const chosen = Array.from({ length: keys }, (_, key) => key);
    const all = attentionMap(q, k, { ...rest, batch, chosen });
    for (let row = 0; row < batch * queries; row++) {
      const sum = all.subarray(row * keys, (row + 1) * keys).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });
  fc.assert(law, { seed: 2, numRuns: 30 });
});

it('refuses keys that are not there', () => {
  const sizes = { batch: 1, queries: 1, entries: 1, keys: 4, heads: 1, headDim: 1 };
  const map = (chosen: readonly number[]) =>
    attentionMap(new Float32Array(1), new Float32Array(4), { ...sizes, chosen });
  expect(() => map([4])).toThrow('keys 4 of 4');
  expect(() => map([])).toThrow('of 4');
});
