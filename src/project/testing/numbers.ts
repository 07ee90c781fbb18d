import fc from 'fast-check';

export const arbitraryTime = fc.integer({ min: 0, max: 2 ** 40 });

/** Negative zero is left out: JSON knows none, and nothing here tells it from zero. */
export function between(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true }).map((value) => value + 0);
}

export function keyframesOf<T>(rest: fc.Arbitrary<T>): fc.Arbitrary<(T & { time: number })[]> {
  return fc
    .uniqueArray(fc.tuple(arbitraryTime, rest), {
      minLength: 1,
      maxLength: 5,
      selector: ([at]) => at,
    })
    .map((list) =>
      list.toSorted(([a], [b]) => a - b).map(([at, other]) => ({ time: at, ...other })),
    );
}
