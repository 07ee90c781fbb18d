import fc from 'fast-check';
import { expect, it } from 'vitest';
import { probeOf, shapeClass } from './shape-class.ts';
import {
  DEFAULT_TILING,
  findTiling,
  smallestSubgroup,
  TILINGS,
  tilingName,
  withSubgroups,
} from './tilings.ts';

const WORK = { elem: 'f32', batch: 3, heads: 8, headDim: 40, queries: 4096, keys: 16_384 } as const;

it('a class holds what is cut up alike', () => {
  expect(shapeClass({ ...WORK, batch: 6, queries: 2048 })).toBe(shapeClass(WORK));
  expect(shapeClass({ ...WORK, keys: 15_000 })).toBe(shapeClass(WORK));
  for (const other of [{ keys: 77 }, { headDim: 80 }, { queries: 64 }, { elem: 'f16' as const }]) {
    expect(shapeClass({ ...WORK, ...other })).not.toBe(shapeClass(WORK));
  }
});

it('a probe is short, and no larger than the work', () => {
  const law = fc.property(
    fc.integer({ min: 1, max: 48 }),
    fc.integer({ min: 1, max: 5000 }),
    fc.integer({ min: 1, max: 40_000 }),
    (batch, queries, keys) => {
      const probe = probeOf({ ...WORK, batch, queries, keys }, 1e9);
      expect(probe.queries).toBeLessThanOrEqual(queries);
      expect(probe.keys).toBeLessThanOrEqual(Math.min(keys, 4096));
      expect(probe.batch).toBeLessThanOrEqual(batch);
      const cost = 4 * 40 * 8 * probe.batch * probe.queries * probe.keys;
      const least = 4 * 40 * 8 * probe.batch * Math.min(queries, 64) * probe.keys;
      expect(cost).toBeLessThanOrEqual(Math.max(1e9 / 16, least));
    },
  );
  fc.assert(law, { seed: 6 });
});

it('a probe takes little memory, however many entries attend with keys of their own', () => {
  // The gather of 16 anchors in three branches at 512 px, and motion modules at every place of a picture.
  const gather = probeOf({ ...WORK, batch: 48, keys: 65_536 }, 1e12);
  const motion = probeOf({ ...WORK, batch: 12_288, queries: 16, keys: 16 }, 1e12);
  for (const probe of [gather, motion]) {
    expect(probe.batch * probe.keys * 320 * 4).toBeLessThanOrEqual(32 * 2 ** 20);
  }
  expect([gather.batch, gather.keys]).toEqual([6, 4096]);
  expect([motion.batch, motion.keys]).toEqual([1638, 16]);
});

it('a tiling is found again by its name, where the device can run it', () => {
  for (const tiling of TILINGS) {
    expect(findTiling(tilingName(tiling), 1)).toEqual(tiling);
    for (const size of [4, 8, 32]) {
      const wide = withSubgroups(tiling, size);
      expect(wide.lanes).toBe(Math.min(size, tiling.columns));
      expect(findTiling(tilingName(wide), size)).toEqual(wide);
      expect(findTiling(tilingName(wide), 1)).toBeNull();
    }
  }
  expect(findTiling('7x7', 4)).toBeNull();
});

it('subgroups count with the feature on alone', () => {
  const adapterInfo = { subgroupMinSize: 8 } as GPUAdapterInfo;
  const device = (names: readonly string[]) => ({ features: new Set(names), adapterInfo });
  expect(smallestSubgroup(device(['subgroups']))).toBe(8);
  expect(smallestSubgroup(device([]))).toBe(1);
  const silent = { features: new Set(['subgroups']), adapterInfo: {} as GPUAdapterInfo };
  expect(smallestSubgroup(silent)).toBe(1);
  expect(withSubgroups(DEFAULT_TILING, 1)).toEqual(DEFAULT_TILING);
});
