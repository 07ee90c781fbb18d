import { assert } from '../../../base/assert.ts';
import type { GpuContext } from '../../context.ts';
import { elemBytes, linearWorkgroups, type Kernel } from '../../kernel.ts';
import source from './combine.wgsl?raw';

export const combineKernel: Kernel = {
  name: 'combine',
  source,
  bindings: ['uniform', 'read', 'read', 'read', 'read', 'read', 'write'],
  elems: ['f32', 'f16'],
  variants: [{}],
};

export type CombineTerm = {
  readonly buffer: GPUBuffer;
  readonly scale: number | readonly number[];
};

export type CombineArgs = {
  readonly elem: 'f32' | 'f16';
  readonly terms: readonly CombineTerm[];
  /** Size of the first axis; an array of scales has one per entry. */
  readonly entries: number;
  readonly perEntry: number;
  readonly output: GPUBuffer;
};

/** Sum of scaled tensors, in f32. `output` must not be one of the terms. Past four terms the sum is passed on. */
export function recordCombine(context: GpuContext, args: CombineArgs): void {
  const { elem, terms, entries, perEntry, output } = args;
  assert(terms.length > 0, 'a sum of no terms');
  const count = entries * perEntry;
  if (count === 0) {
    return;
  }
  let sum: GPUBuffer | null = null;
  let left = [...terms];
  while (left.length > 0) {
    const carried: CombineTerm[] = sum === null ? [] : [{ buffer: sum, scale: 1 }];
    const taken = left.slice(0, 4 - carried.length);
    left = left.slice(taken.length);
    const isLast = left.length === 0;
    const target = isLast ? output : context.createBuffer(count * elemBytes(elem), 'combine sum');
    recordTerms(context, { ...args, terms: [...carried, ...taken], output: target });
    if (sum !== null) {
      context.release(sum);
    }
    sum = isLast ? null : target;
  }
}

function recordTerms(context: GpuContext, args: CombineArgs): void {
  const { elem, terms, entries, perEntry, output } = args;
  const scales = new Float32Array(entries * 4);
  terms.forEach(({ scale }, term) => {
    for (let entry = 0; entry < entries; entry++) {
      const value = typeof scale === 'number' ? scale : scale[entry];
      assert(value !== undefined, `no scale for entry ${entry} of ${entries}`);
      scales[entry * 4 + term] = value;
    }
  });
  const count = entries * perEntry;
  const spare = context.placeholder.read;
  context.dispatch({
    kernel: combineKernel,
    elem,
    bindings: [
      { data: Uint32Array.of(count, perEntry, terms.length, 0) },
      { data: scales },
      ...[0, 1, 2, 3].map((term) => terms[term]?.buffer ?? spare),
      output,
    ],
    workgroups: linearWorkgroups(count, 64),
    cost: count * 8,
  });
}
