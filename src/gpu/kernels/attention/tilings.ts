import { assert } from '../../../base/assert.ts';

/** How a workgroup is laid over the work: it takes 4 * rowGroups query rows, in tiles of 4 * columns keys. */
export type Tiling = {
  /** Threads that share four rows: 8 or 16. */
  readonly columns: number;
  readonly rowGroups: number;
  /** Neighbouring threads that join their shares inside a subgroup, a power of two; 1 = all through workgroup memory. */
  readonly lanes: number;
};

/** Right and quick on every adapter tried so far; what is used where nothing was measured. */
export const DEFAULT_TILING: Tiling = { columns: 8, rowGroups: 8, lanes: 1 };

/** Without subgroups: the default, fewer rows (little work), more rows (many keys), longer tiles (large heads). */
export const TILINGS: readonly Tiling[] = [
  DEFAULT_TILING,
  { columns: 8, rowGroups: 4, lanes: 1 },
  { columns: 8, rowGroups: 16, lanes: 1 },
  { columns: 16, rowGroups: 4, lanes: 1 },
  { columns: 16, rowGroups: 8, lanes: 1 },
];

export function rowsOf({ rowGroups }: Tiling): number {
  return 4 * rowGroups;
}

/** As a word, for records of what was measured: `8x4`, `16x8s4`. */
export function tilingName({ columns, rowGroups, lanes }: Tiling): string {
  return `${columns}x${rowGroups}${lanes === 1 ? '' : `s${lanes}`}`;
}

/** The tiling of a name, if it is one that this device can run. */
export function findTiling(name: string, smallestSubgroup: number): Tiling | null {
  const all = [...TILINGS, ...TILINGS.map((tiling) => withSubgroups(tiling, smallestSubgroup))];
  return all.find((tiling) => tilingName(tiling) === name) ?? null;
}

/** The same with as many lanes as the device's smallest subgroup allows; itself where there are none. */
export function withSubgroups(tiling: Tiling, smallestSubgroup: number): Tiling {
  const most = Math.min(tiling.columns, Math.max(1, smallestSubgroup));
  return { ...tiling, lanes: 2 ** Math.floor(Math.log2(most)) };
}

/**
 * The size of the device's smallest subgroup; 1 where it has none, or does not tell. It can only be relied on with the
 * feature switched on.
 */
export function smallestSubgroup(device: Pick<GPUDevice, 'features' | 'adapterInfo'>): number {
  // Both are missing in browsers that have no subgroups.
  const info = device.adapterInfo as Partial<GPUAdapterInfo> | undefined;
  const size = device.features.has('subgroups') ? (info?.subgroupMinSize ?? 1) : 1;
  assert(size >= 1, `subgroups of ${size}`);
  return size;
}
