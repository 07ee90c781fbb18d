import type { Size } from '../../../base/units.ts';
import type { GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import { SUMS } from './colour-fit.ts';
import {
  BLOCK,
  COEFFICIENTS,
  EXPLAINED,
  MOST_GAIN,
  PRIOR_FLOOR,
  RESIDUAL_FLOOR,
  RIDGES,
  windowsOf,
} from './detail-map.ts';
import fitSource from './detail-fit.wgsl?raw';
import smoothSource from './detail-smooth.wgsl?raw';
import sumsSource from './detail-sums.wgsl?raw';
import weighSource from './detail-weigh.wgsl?raw';

export const detailSumsKernel: Kernel = {
  name: 'detail-sums',
  source: sumsSource,
  bindings: ['uniform', 'read', 'read', 'write'],
  elems: ['f32'],
  variants: [{}],
};

export const detailFitKernel: Kernel = {
  name: 'detail-fit',
  source: fitSource,
  bindings: ['uniform', 'read', 'read', 'read', 'read', 'write'],
  elems: ['f32'],
  variants: [{ WIDE: 0 }, { WIDE: 1 }],
};

export const detailWeighKernel: Kernel = {
  name: 'detail-weigh',
  source: weighSource,
  bindings: ['uniform', 'read', 'write'],
  elems: ['f32'],
  variants: [{}],
};

export const detailSmoothKernel: Kernel = {
  name: 'detail-smooth',
  source: smoothSource,
  bindings: ['uniform', 'read', 'read', 'read', 'write'],
  elems: ['f32'],
  variants: [{}],
};

export type DetailArgs = {
  /** RGBA bytes of `size`: the source and the edit as the model's decoder gives them. */
  readonly base: GPUBuffer;
  readonly edit: GPUBuffer;
  readonly size: Size;
  /** 3 x 3, of `fitWholePicture`: both pictures come from the processor, where it takes a millisecond. */
  readonly whole: ArrayLike<number>;
  /** Detail from source, 0 to 1. */
  readonly detail: number;
  /** f32 [height, width, 3, 4]: `DetailMap.coefficients`. */
  readonly map: GPUBuffer;
};

/** How the source's detail goes through an edit; see `fitDetail`. */
export function recordDetail(context: GpuContext, args: DetailArgs): void {
  const { base, edit, size, map } = args;
  const area = size.width * size.height;
  const windows = windowsOf(size.width, size.height);
  const grid = { width: Math.ceil(size.width / BLOCK), height: Math.ceil(size.height / BLOCK) };
  const cells = grid.width * grid.height;
  const owned: GPUBuffer[] = [];
  const create = (floats: number, label: string): GPUBuffer => {
    const buffer = context.createBuffer(floats * 4, label);
    owned.push(buffer);
    return buffer;
  };
  const blockSums = create(cells * SUMS, 'detail block sums');
  const wide = create(cells * 9, 'detail wide fits');
  const rowSums = create(area * SUMS, 'detail row sums');
  const fits = create(area * COEFFICIENTS, 'detail fits');
  const gains = create(area * COEFFICIENTS, 'detail gains');
  const { near } = windows;

  recordSums(
    context,
    args,
    { cells: grid, step: BLOCK, reach: [0, BLOCK - 1, 0, BLOCK - 1] },
    blockSums,
  );
  recordFit(context, args, {
    isWide: true,
    cells: grid,
    radii: [windows.wide, windows.wide, 0],
    grid,
    levels: [RIDGES.wide, PRIOR_FLOOR],
    buffers: [blockSums, { data: Float32Array.from(args.whole) }, wide],
  });
  recordSums(context, args, { cells: size, step: 1, reach: [near, near, 0, 0] }, rowSums);
  recordFit(context, args, {
    isWide: false,
    cells: size,
    radii: [0, near, near],
    grid,
    levels: [RIDGES.near, RESIDUAL_FLOOR],
    buffers: [rowSums, wide, fits],
  });
  const shares = [EXPLAINED.none, EXPLAINED.full];
  context.dispatch({
    kernel: detailWeighKernel,
    elem: 'f32',
    bindings: [
      {
        data: pack(
          [size.width, size.height, windows.residual],
          [args.detail, RESIDUAL_FLOOR, ...shares],
        ),
      },
      fits,
      gains,
    ],
    workgroups: linearWorkgroups(area, 64),
    cost: area * (30 + 4 * (2 * windows.residual + 1) ** 2),
  });
  context.dispatch({
    kernel: detailSmoothKernel,
    elem: 'f32',
    bindings: [{ data: pack([size.width, size.height], []) }, base, edit, gains, map],
    workgroups: linearWorkgroups(area, 64),
    cost: area * 700,
  });
  for (const buffer of owned) {
    context.release(buffer);
  }
}

type SumCells = {
  readonly cells: Size;
  readonly step: number;
  /** Pixels before and after, across and down. */
  readonly reach: readonly [number, number, number, number];
};

function recordSums(context: GpuContext, args: DetailArgs, call: SumCells, sums: GPUBuffer): void {
  const { size } = args;
  const { cells, step, reach } = call;
  const count = cells.width * cells.height;
  const [left, right, up, down] = reach;
  context.dispatch({
    kernel: detailSumsKernel,
    elem: 'f32',
    bindings: [
      { data: pack([size.width, size.height, cells.width, cells.height, step, ...reach], []) },
      args.base,
      args.edit,
      sums,
    ],
    workgroups: linearWorkgroups(count, 64),
    cost: count * (left + right + 1) * (up + down + 1) * 60,
  });
}

type FitCells = {
  readonly isWide: boolean;
  readonly cells: Size;
  /** Half sizes: in cells across and down, and in pixels summed across before. */
  readonly radii: readonly [number, number, number];
  readonly grid: Size;
  /** Ridge and floor. */
  readonly levels: readonly [number, number];
  /** Sums, priors, output. */
  readonly buffers: readonly [GPUBuffer, GPUBuffer | { readonly data: ArrayBufferView }, GPUBuffer];
};

function recordFit(context: GpuContext, args: DetailArgs, call: FitCells): void {
  const { size, base, edit } = args;
  const { cells, radii, grid, levels } = call;
  const count = cells.width * cells.height;
  const integers = [
    size.width,
    size.height,
    cells.width,
    cells.height,
    ...radii,
    BLOCK,
    grid.width,
    grid.height,
  ];
  const data = pack(integers, [...levels, MOST_GAIN, EXPLAINED.none, EXPLAINED.full]);
  context.dispatch({
    kernel: detailFitKernel,
    elem: 'f32',
    constants: { WIDE: call.isWide ? 1 : 0 },
    bindings: [{ data }, base, edit, ...call.buffers],
    workgroups: linearWorkgroups(count, 64),
    cost: count * ((2 * radii[0] + 1) * (2 * radii[1] + 1) * 48 + 250),
  });
}

/** Unsigned integers, then floats, as the shaders' `Params` have them; a multiple of 16 bytes. */
function pack(integers: readonly number[], floats: readonly number[]): DataView {
  const count = integers.length + floats.length;
  const data = new DataView(new ArrayBuffer(Math.ceil(count / 4) * 16));
  integers.forEach((value, index) => data.setUint32(index * 4, value, true));
  floats.forEach((value, index) => data.setFloat32((integers.length + index) * 4, value, true));
  return data;
}
