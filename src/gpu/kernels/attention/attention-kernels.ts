import type { Constants, Kernel } from '../../kernel.ts';
import source from './attention.wgsl?raw';
import sharedReduction from './reduce-shared.wgsl?raw';
import subgroupReduction from './reduce-subgroups.wgsl?raw';
import { TILINGS, withSubgroups, type Tiling } from './tilings.ts';

/** What the registry compiles: the head sizes of known models at the default, and every tiling at two of them. */
const HEAD_DIMS = [8, 24, 32, 40, 64, 80, 128, 160] as const;
const TILED_HEAD_DIMS = [40, 160] as const;
/** Subgroups are 4 wide at the least in WebGPU. */
const LANES = [4, 8, 16] as const;

export function constantsOf(tiling: Tiling, headDim: number): Constants {
  const { columns, rowGroups, lanes } = tiling;
  const base = { HEAD_VEC4S: headDim / 4, TX: columns, TY: rowGroups };
  return lanes === 1 ? base : { ...base, LANES: lanes };
}

const shared = {
  bindings: ['uniform', 'read', 'read', 'read', 'read', 'read', 'read', 'write', 'write'],
  elems: ['f32', 'f16'],
} as const satisfies Partial<Kernel>;

/** Online softmax after Milakov and Gimelshein (arXiv 1805.02867), tiled as in FlashAttention (arXiv 2205.14135). */
export const attentionKernel: Kernel = {
  ...shared,
  name: 'attention',
  source: source + sharedReduction,
  variants: [
    ...HEAD_DIMS.map((headDim) => ({ HEAD_VEC4S: headDim / 4 })),
    ...TILINGS.flatMap((tiling) => TILED_HEAD_DIMS.map((headDim) => constantsOf(tiling, headDim))),
  ],
};

/** The same with the shares of a row joined inside subgroups. */
export const attentionSubgroupsKernel: Kernel = {
  ...shared,
  name: 'attention-subgroups',
  source: source + subgroupReduction,
  features: ['subgroups'],
  variants: LANES.flatMap((lanes) =>
    TILINGS.filter((tiling) => tiling.columns >= lanes).map((tiling) =>
      constantsOf(withSubgroups(tiling, lanes), 40),
    ),
  ),
};

export function kernelOf(tiling: Tiling): Kernel {
  return tiling.lanes === 1 ? attentionKernel : attentionSubgroupsKernel;
}
