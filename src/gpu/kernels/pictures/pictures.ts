import type { GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import fromSource from './from-pictures.wgsl?raw';
import toSource from './to-pictures.wgsl?raw';

export const toPicturesKernel: Kernel = {
  name: 'to-pictures',
  source: toSource,
  bindings: ['uniform', 'read', 'write'],
  elems: ['f32', 'f16'],
  variants: [{}],
};

export const fromPicturesKernel: Kernel = {
  name: 'from-pictures',
  source: fromSource,
  bindings: ['uniform', 'read', 'write'],
  elems: ['f32', 'f16'],
  variants: [{}],
};

export type PicturesArgs = {
  readonly elem: 'f32' | 'f16';
  /** [entries, 3, area] of `elem` */
  readonly planes: GPUBuffer;
  /** RGBA bytes [entries, area, 4] */
  readonly pixels: GPUBuffer;
  readonly entries: number;
  /** Height times width. */
  readonly area: number;
  /** Values of the planes that stand for bytes 0 and 255. */
  readonly range: readonly [number, number];
};

/** Planes to pictures: clamped, rounded to the nearest byte, alpha 255. */
export function recordToPictures(context: GpuContext, args: PicturesArgs): void {
  record(context, toPicturesKernel, args, [args.planes, args.pixels]);
}

/** Pictures to planes; alpha is dropped. */
export function recordFromPictures(context: GpuContext, args: PicturesArgs): void {
  record(context, fromPicturesKernel, args, [args.pixels, args.planes]);
}

function record(
  context: GpuContext,
  kernel: Kernel,
  args: PicturesArgs,
  buffers: readonly [GPUBuffer, GPUBuffer],
): void {
  const count = args.entries * args.area;
  const data = new DataView(new ArrayBuffer(16));
  data.setUint32(0, count, true);
  data.setUint32(4, args.area, true);
  data.setFloat32(8, args.range[0], true);
  data.setFloat32(12, args.range[1], true);
  context.dispatch({
    kernel,
    elem: args.elem,
    bindings: [{ data }, ...buffers],
    workgroups: linearWorkgroups(count, 64),
    cost: count * 16,
  });
}
