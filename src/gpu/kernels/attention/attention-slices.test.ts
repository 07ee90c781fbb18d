import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysPerDispatch, planSlices, type Slice } from './attention-slices.ts';

const works = fc.record({
  batch: fc.integer({ min: 1, max: 12 }),
  heads: fc.integer({ min: 1, max: 8 }),
  headDim: fc.constantFrom(8, 40, 160),
  queries: fc.integer({ min: 1, max: 700 }),
  keys: fc.integer({ min: 1, max: 12_000 }),
});

const size = ({ rows, entries, heads, keys }: Slice): number =>
  [rows, entries, heads, keys].reduce((product, [from, to]) => product * (to - from), 1);

describe('slices of attention', () => {
  it('cover the work once, and a short budget makes them no dearer than one workgroup', () => {
    const law = fc.property(
      works,
      fc.constantFrom(16, 32, 64),
      fc.integer({ min: 1, max: 2e9 }),
      (work, rows, budget) => {
        const slices = planSlices(work, rows, budget);
        const covered = slices.reduce((sum, slice) => sum + size(slice), 0);
        expect(covered).toBe(work.batch * work.heads * work.queries * work.keys);
        const least = 4 * work.headDim * rows * Math.min(work.keys, keysPerDispatch(work.headDim));
        for (const slice of slices) {
          expect(slice.cost).toBe(4 * work.headDim * size(slice));
          expect(slice.cost).toBeLessThanOrEqual(Math.max(budget, least));
          expect(slice.rows[0] % rows).toBe(0);
        }
      },
    );
    fc.assert(law, { seed: 3, numRuns: 60 });
  });

  it('reads the keys of a row in order, cut at the same places whatever the budget', () => {
    const law = fc.property(works, fc.integer({ min: 1, max: 2e9 }), (work, budget) => {
      const cuts = (of: readonly Slice[]) => {
        const rows = new Map<string, number[]>();
        for (const { rows: at, entries, heads, keys } of of) {
          const key = `${at[0]} ${entries[0]} ${heads[0]}`;
          rows.set(key, [...(rows.get(key) ?? []), ...keys]);
        }
        return new Set([...rows.values()].map((list) => list.join(' ')));
      };
      const made = cuts(planSlices(work, 32, budget));
      expect(made.size).toBe(1);
      expect(made).toEqual(cuts(planSlices(work, 32, 1e15)));
    });
    fc.assert(law, { seed: 4, numRuns: 60 });
  });
});
