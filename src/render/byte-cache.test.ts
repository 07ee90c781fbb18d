import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCache } from './byte-cache.ts';

describe('byte cache', () => {
  it('drops what was used longest ago, and only as much as needed', () => {
    const cache = new ByteCache<string, number>(10, (size) => size);
    cache.set('a', 4);
    cache.set('b', 4);
    expect(cache.get('a')).toBe(4);
    cache.set('c', 4);
    expect([cache.has('a'), cache.has('b'), cache.has('c')]).toEqual([true, false, true]);
    expect(cache.bytes).toBe(8);
  });

  it('keeps the newest value even if it is larger than the limit', () => {
    const cache = new ByteCache<string, number>(10, (size) => size);
    cache.set('a', 4);
    cache.set('big', 40);
    expect([cache.get('a'), cache.get('big')]).toEqual([undefined, 40]);
  });

  it('never holds more than its limit, or one value', () => {
    const actions = fc.array(fc.tuple(fc.nat(6), fc.nat(15)));
    fc.assert(
      fc.property(actions, (list) => {
        const cache = new ByteCache<number, number>(20, (size) => size);
        for (const [key, size] of list) {
          cache.set(key, size);
          expect(cache.get(key)).toBe(size);
          expect(cache.bytes).toBeLessThanOrEqual(20);
        }
      }),
      { seed: 8 },
    );
  });
});
