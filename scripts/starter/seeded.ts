import { philox, seedKey } from '../../src/base/rng.ts';

/** The items in an order that depends on the seed and the stream alone. */
export function shuffled<T>(items: readonly T[], seed: number, stream: number): T[] {
  const key = seedKey(seed);
  return items
    .map((item, i) => ({ item, word: philox([i, stream, 0, 0], key)[0] }))
    .toSorted((a, b) => a.word - b.word)
    .map(({ item }) => item);
}

/** The item at place `index` of a list that goes round and round. */
export function cycled<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) {
    throw new RangeError('nothing to choose from');
  }
  return item;
}
