import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countKeys, isBatched, planGroups, rowsPerRun, type BankSizes } from './attention-plan.ts';

describe('planGroups', () => {
  it('folds all frames of a shared bank into one group', () => {
    expect(planGroups(4, [{ entries: 1, keys: 40 }])).toEqual([
      { from: 0, to: 4, ranges: [{ bank: 0, entry: 0, keys: 40 }] },
    ]);
  });

  it('gives each branch its own bank', () => {
    const banks = [{ entries: 3, keys: 40 }];
    const groups = planGroups(6, banks);
    expect(groups.map(({ from, to, ranges }) => [from, to, ranges[0]?.entry])).toEqual([
      [0, 2, 0],
      [2, 4, 1],
      [4, 6, 2],
    ]);
    expect(isBatched(groups, banks)).toBe(true);
  });

  it('turns key counts into shorter ranges, and no keys into none', () => {
    const banks = [
      { entries: 1, keys: 30, keyCounts: [10, 10, 0, 30] },
      { entries: 4, keys: 5, keyCounts: [0, 0, 0, 5] },
    ];
    const groups = planGroups(4, banks);
    expect(groups).toEqual([
      { from: 0, to: 2, ranges: [{ bank: 0, entry: 0, keys: 10 }] },
      { from: 2, to: 3, ranges: [] },
      {
        from: 3,
        to: 4,
        ranges: [
          { bank: 0, entry: 0, keys: 30 },
          { bank: 1, entry: 3, keys: 5 },
        ],
      },
    ]);
    expect(isBatched(groups, banks)).toBe(false);
  });

  it('covers every entry once, with the keys the contract names', () => {
    const bank = (batch: number): fc.Arbitrary<BankSizes> =>
      fc.record({
        entries: fc.constantFrom(...[1, 2, 3, 4, 6, 12].filter((b) => batch % b === 0)),
        keys: fc.constant(9),
        keyCounts: fc.array(fc.integer({ min: 0, max: 9 }), {
          minLength: batch,
          maxLength: batch,
        }),
      });
    const calls = fc
      .constantFrom(1, 2, 3, 4, 6, 12)
      .chain((batch) => fc.tuple(fc.constant(batch), fc.array(bank(batch), { maxLength: 3 })));
    fc.assert(
      fc.property(calls, ([batch, banks]) => {
        let next = 0;
        for (const group of planGroups(batch, banks)) {
          expect(group.from).toBe(next);
          next = group.to;
          for (let entry = group.from; entry < group.to; entry += 1) {
            const keys = banks.reduce((sum, { keyCounts }) => sum + (keyCounts?.[entry] ?? 0), 0);
            expect(countKeys(group)).toBe(keys);
            for (const range of group.ranges) {
              const { entries } = banks[range.bank] as BankSizes;
              expect(range.entry).toBe(Math.floor((entry * entries) / batch));
            }
          }
        }
        expect(next).toBe(batch);
      }),
    );
  });
});

describe('rowsPerRun', () => {
  it('keeps scores under the limit, and always does one row', () => {
    expect(rowsPerRun(8, 4096, 64 * 2 ** 20)).toBe(512);
    expect(rowsPerRun(8, 10 ** 9, 64 * 2 ** 20)).toBe(1);
  });
});
