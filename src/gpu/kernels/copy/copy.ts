import { assert } from '../../../base/assert.ts';
import type { GpuContext } from '../../context.ts';
import { elemBytes, linearWorkgroups, type Elem, type Kernel } from '../../kernel.ts';
import source from './copy.wgsl?raw';

export const copyKernel: Kernel = {
  name: 'copy',
  source,
  bindings: ['uniform', 'read', 'write'],
  elems: ['u32', 'f16'],
  variants: [{}],
};

/** Strides and offsets in elements. `u32` stands for any 4-byte type. */
export type CopyBlocks = {
  readonly elem: Elem;
  readonly input: GPUBuffer;
  readonly output: GPUBuffer;
  readonly blocks: number;
  readonly inner: number;
  readonly inputStride: number;
  readonly outputStride: number;
  readonly inputOffset?: number;
  readonly outputOffset?: number;
};

/** More single copies than this are one dispatch instead. */
const MOST_COPIES = 8;

/** Copies `blocks` runs of `inner` elements; `input` and `output` differ. */
export function recordCopyBlocks(context: GpuContext, call: CopyBlocks): void {
  const { input, output, inner } = call;
  const inputOffset = call.inputOffset ?? 0;
  const outputOffset = call.outputOffset ?? 0;
  let { blocks, inputStride, outputStride } = call;
  let run = inner;
  if (blocks === 0 || inner === 0) {
    return;
  }
  if (inputStride === inner && outputStride === inner) {
    [run, blocks, inputStride, outputStride] = [inner * blocks, 1, inner * blocks, inner * blocks];
  }
  const bytes = elemBytes(call.elem);
  const places = [run, inputOffset, outputOffset, inputStride, outputStride];
  const isAligned = places.every((value) => (value * bytes) % 4 === 0);
  if (isAligned && blocks <= MOST_COPIES) {
    for (let block = 0; block < blocks; block++) {
      const from = (inputOffset + block * inputStride) * bytes;
      const to = (outputOffset + block * outputStride) * bytes;
      context.copy(input, from, output, to, run * bytes);
    }
    return;
  }
  // Whole words where that is possible: no f16 needed, and no value is touched on the way.
  const divisor = isAligned ? 4 / bytes : 1;
  const words = [blocks, run / divisor, inputStride / divisor, outputStride / divisor];
  const data = Uint32Array.of(...words, inputOffset / divisor, outputOffset / divisor, 0, 0);
  const total = (blocks * run) / divisor;
  context.dispatch({
    kernel: copyKernel,
    elem: isAligned ? 'u32' : call.elem,
    bindings: [{ data }, input, output],
    workgroups: linearWorkgroups(total, 64),
    cost: total * 2,
  });
}

export type TensorPart = { readonly buffer: GPUBuffer; readonly shape: readonly number[] };

/** Joins tensors along an axis; all other sizes are equal. */
export function recordConcat(
  context: GpuContext,
  call: { elem: Elem; parts: readonly TensorPart[]; axis: number; output: GPUBuffer },
): void {
  const { elem, parts, axis, output } = call;
  const outputStride = parts.reduce((sum, part) => sum + product(part.shape.slice(axis)), 0);
  let outputOffset = 0;
  for (const part of parts) {
    const inner = product(part.shape.slice(axis));
    recordCopyBlocks(context, {
      elem,
      input: part.buffer,
      output,
      blocks: product(part.shape.slice(0, axis)),
      inner,
      inputStride: inner,
      outputStride,
      outputOffset,
    });
    outputOffset += inner;
  }
}

/** Entries `from` up to but not including `to` of an axis. */
export function recordSlice(
  context: GpuContext,
  call: {
    elem: Elem;
    input: TensorPart;
    axis: number;
    from: number;
    to: number;
    output: GPUBuffer;
  },
): void {
  const { elem, input, axis, from, to, output } = call;
  const size = input.shape[axis] ?? 0;
  assert(from >= 0 && from < to && to <= size, `slice ${from} to ${to} of ${size}`);
  const entry = product(input.shape.slice(axis + 1));
  recordCopyBlocks(context, {
    elem,
    input: input.buffer,
    output,
    blocks: product(input.shape.slice(0, axis)),
    inner: (to - from) * entry,
    inputStride: size * entry,
    outputStride: (to - from) * entry,
    inputOffset: from * entry,
  });
}

/** Tiles the first axis: `count` elements, `times` times in a row. */
export function recordRepeat(
  context: GpuContext,
  call: { elem: Elem; input: GPUBuffer; count: number; times: number; output: GPUBuffer },
): void {
  const { elem, input, count, times, output } = call;
  if (times === 1 || (count * elemBytes(elem)) % 4 === 0) {
    for (let i = 0; i < times; i++) {
      const layout = { blocks: 1, inner: count, inputStride: count, outputStride: count };
      recordCopyBlocks(context, { elem, input, output, ...layout, outputOffset: i * count });
    }
    return;
  }
  recordCopyBlocks(context, {
    elem,
    input,
    output,
    blocks: times,
    inner: count,
    inputStride: 0,
    outputStride: count,
  });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
