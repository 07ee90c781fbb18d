import { assert } from '../../../base/assert.ts';
import type { GpuContext } from '../../context.ts';
import type { Kernel } from '../../kernel.ts';
import joinSource from './moments-join.wgsl?raw';
import source from './moments.wgsl?raw';

const SPAN = 4096;

export const momentsKernel: Kernel = {
  name: 'moments',
  source,
  bindings: ['uniform', 'read', 'write'],
  elems: ['f32', 'f16'],
  variants: [{ SPAN }],
};

export const momentsJoinKernel: Kernel = {
  name: 'moments-join',
  source: joinSource,
  bindings: ['uniform', 'read', 'write'],
  elems: ['f32'],
  variants: [{}],
};

export type MomentsArgs = {
  readonly elem: 'f32' | 'f16';
  /** [entries, perEntry] */
  readonly input: GPUBuffer;
  readonly entries: number;
  readonly perEntry: number;
  /** f32 [entries, 2]: mean and population standard deviation; NaN where an entry has one. */
  readonly output: GPUBuffer;
};

export function recordMoments(context: GpuContext, args: MomentsArgs): void {
  const { elem, input, entries, perEntry, output } = args;
  assert(entries > 0 && perEntry > 0, `moments of ${entries} entries of ${perEntry} values`);
  const parts = Math.ceil(perEntry / SPAN);
  const buffer = context.createBuffer(entries * parts * 16, 'moments parts');
  context.dispatch({
    kernel: momentsKernel,
    elem,
    constants: { SPAN },
    bindings: [{ data: Uint32Array.of(perEntry, parts, 0, 0) }, input, buffer],
    workgroups: [parts, entries, 1],
    cost: entries * perEntry * 8,
  });
  context.dispatch({
    kernel: momentsJoinKernel,
    elem: 'f32',
    bindings: [{ data: Uint32Array.of(entries, parts, 0, 0) }, buffer, output],
    workgroups: [Math.ceil(entries / 64), 1, 1],
    cost: entries * parts * 8,
  });
  context.release(buffer);
}
