import type { Size } from '../../../base/units.ts';
import type { GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import source from './composite.wgsl?raw';

export const compositeKernel: Kernel = {
  name: 'composite',
  source,
  bindings: ['uniform', 'read', 'read', 'read', 'write'],
  elems: ['f32'],
  variants: [{}],
};

export type CompositeArgs = {
  /** RGBA bytes of `size`. */
  readonly source: GPUBuffer;
  readonly size: Size;
  /** f32 [height, width, 3, 4] of `mapSize`, as `recordDetail` writes it. */
  readonly map: GPUBuffer;
  readonly mapSize: Size;
  /** One byte per source pixel; null = everywhere. */
  readonly mask: GPUBuffer | null;
  readonly amount: number;
  /** RGBA bytes of `size`; not the source. */
  readonly output: GPUBuffer;
};

/** The shown picture at source size; see `compositePicture`. */
export function recordComposite(context: GpuContext, args: CompositeArgs): void {
  const { size, mapSize, mask } = args;
  const data = new DataView(new ArrayBuffer(32));
  const integers = [size.width, size.height, mapSize.width, mapSize.height];
  integers.forEach((value, index) => data.setUint32(index * 4, value, true));
  data.setFloat32(16, Math.min(1, Math.max(0, args.amount)), true);
  data.setUint32(20, mask === null ? 0 : 1, true);
  const count = size.width * size.height;
  context.dispatch({
    kernel: compositeKernel,
    elem: 'f32',
    bindings: [{ data }, args.source, args.map, mask ?? context.placeholder.read, args.output],
    workgroups: linearWorkgroups(count, 64),
    cost: count * 130,
  });
}
