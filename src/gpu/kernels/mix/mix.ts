import type { GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import source from './mix.wgsl?raw';

export const mixKernel: Kernel = {
  name: 'mix',
  source,
  bindings: ['uniform', 'read', 'read', 'read', 'write'],
  elems: ['f32', 'f16'],
  variants: [{}],
};

/** `a`, `b`, `output`: [entries, channels, area]; `mask`: [entries, 1, area], all of `elem`. */
export type MixArgs = {
  readonly elem: 'f32' | 'f16';
  readonly a: GPUBuffer;
  readonly b: GPUBuffer;
  readonly mask: GPUBuffer;
  readonly output: GPUBuffer;
  readonly entries: number;
  readonly channels: number;
  /** Height times width. */
  readonly area: number;
};

/** a + mask * (b - a): `a` exactly where the mask is 0, `b` exactly where it is 1. */
export function recordMix(context: GpuContext, args: MixArgs): void {
  const count = args.entries * args.channels * args.area;
  context.dispatch({
    kernel: mixKernel,
    elem: args.elem,
    bindings: [
      { data: Uint32Array.of(count, args.area, args.channels, 0) },
      args.a,
      args.b,
      args.mask,
      args.output,
    ],
    workgroups: linearWorkgroups(count, 64),
    cost: count * 6,
  });
}
