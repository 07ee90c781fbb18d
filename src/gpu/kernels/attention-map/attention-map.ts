import { assert } from '../../../base/assert.ts';
import type { GpuContext } from '../../context.ts';
import { linearWorkgroups, type Kernel } from '../../kernel.ts';
import source from './attention-map.wgsl?raw';

const WORKGROUP = 64;

export const attentionMapKernel: Kernel = {
  name: 'attention-map',
  source,
  bindings: ['uniform', 'read', 'read', 'read', 'write'],
  elems: ['f32', 'f16'],
  variants: [{}],
};

export type AttentionMapSizes = {
  readonly batch: number;
  readonly queries: number;
  /** Of k; divides batch: entry i of q reads floor(i * entries / batch). */
  readonly entries: number;
  /** 1 or more. */
  readonly keys: number;
  readonly heads: number;
  readonly headDim: number;
  /** Numbers of the keys to look at. */
  readonly chosen: readonly number[];
};

export type AttentionMapArgs = AttentionMapSizes & {
  readonly elem: 'f32' | 'f16';
  /** [batch, queries, heads * headDim] */
  readonly q: GPUBuffer;
  /** [entries, keys, heads * headDim] */
  readonly k: GPUBuffer;
  /** f32 [batch, queries, chosen.length]: shares of the softmax over all keys, averaged over the heads. */
  readonly output: GPUBuffer;
};

export function checkMapSizes({ batch, entries, keys, chosen }: AttentionMapSizes): void {
  assert(
    keys > 0 && entries > 0 && batch % entries === 0,
    `${entries} x ${keys} keys for a batch of ${batch}`,
  );
  assert(
    chosen.length > 0 && chosen.every((key) => Number.isInteger(key) && key >= 0 && key < keys),
    `keys ${chosen.join(', ')} of ${keys}`,
  );
}

/** Records the map; long ones are split by rows. */
export function recordAttentionMap(context: GpuContext, args: AttentionMapArgs): void {
  checkMapSizes(args);
  const { batch, queries, keys, heads, headDim, chosen } = args;
  const rows = batch * queries;
  const costPerRow = 2 * heads * headDim * (keys + chosen.length);
  const step = Math.max(WORKGROUP, Math.floor(context.costPerSubmit / costPerRow));
  for (let from = 0; from < rows; from += step) {
    const to = Math.min(rows, from + step);
    context.dispatch({
      kernel: attentionMapKernel,
      elem: args.elem,
      bindings: [
        { data: packParams(args, from, to) },
        args.q,
        args.k,
        { data: Uint32Array.from(chosen) },
        args.output,
      ],
      workgroups: linearWorkgroups(to - from, WORKGROUP),
      cost: costPerRow * (to - from),
    });
  }
}

/** In the order of the shader's `Params`, 48 bytes. */
function packParams(sizes: AttentionMapSizes, from: number, to: number): DataView {
  const { batch, queries, entries, keys, heads, headDim, chosen } = sizes;
  const view = new DataView(new ArrayBuffer(48));
  [queries, keys, batch, entries, heads, headDim, chosen.length, from, to].forEach((value, i) =>
    view.setUint32(i * 4, value, true),
  );
  view.setFloat32(36, 1 / Math.sqrt(headDim), true);
  return view;
}
