import { assert } from '../../../base/assert.ts';
import type { GpuContext } from '../../context.ts';
import { elemBytes, type Elem, type Kernel } from '../../kernel.ts';
import { recordCopyBlocks } from '../copy/copy.ts';
import source from './attention.wgsl?raw';

export const MAX_HEAD_DIM = 160;
const ROWS_PER_WORKGROUP = 32;
const FLAG = { begin: 1, finish: 2, add: 4, weighted: 8, masked: 16 } as const;

/** Online softmax after Milakov and Gimelshein (arXiv 1805.02867), tiled as in FlashAttention (arXiv 2205.14135). */
export const attentionKernel: Kernel = {
  name: 'attention',
  source,
  bindings: ['uniform', 'read', 'read', 'read', 'read', 'read', 'read', 'write', 'write'],
  elems: ['f32', 'f16'],
  variants: [8, 24, 32, 40, 64, 80, 128, 160].map((headDim) => ({ HEAD_VEC4S: headDim / 4 })),
};

export type AttentionBank = {
  /** [entries, keys, heads * headDim]; `entries` divides batch, entry i of q reads floor(i * entries / batch). */
  readonly k: GPUBuffer;
  readonly v: GPUBuffer;
  readonly entries: number;
  readonly keys: number;
  /** Per entry of q, how many of the first keys count. */
  readonly keyCounts?: readonly number[];
  /** f32 [entries, keys]; added to the logits as logarithms, keys of weight 0 do not count. */
  readonly keyWeights?: GPUBuffer;
};

export type AttentionPath = { readonly scale: number; readonly banks: readonly AttentionBank[] };

/** The runtime's AttentionCall on buffers. `q` and `output` are [batch, queries, heads * headDim] of `elem`. */
export type AttentionArgs = {
  readonly elem: 'f32' | 'f16';
  readonly q: GPUBuffer;
  readonly output: GPUBuffer;
  readonly batch: number;
  readonly queries: number;
  readonly heads: number;
  readonly headDim: number;
  readonly paths: readonly AttentionPath[];
  /** f32 [batch, queries]; 0 = skip, the result is 0. */
  readonly queryMask?: GPUBuffer;
};

/**
 * Records attention: one softmax per path over all keys of its banks, results scaled and added. One dispatch per bank
 * carries maximum, sum and accumulator on; long ones are split by query rows. `output` must not be an input.
 */
export function recordAttention(context: GpuContext, args: AttentionArgs): void {
  checkArgs(args);
  if (args.headDim % 4 === 0) {
    recordAligned(context, args, 1 / Math.sqrt(args.headDim));
  } else {
    recordPadded(context, args);
  }
}

function recordAligned(context: GpuContext, args: AttentionArgs, logitScale: number): void {
  const paths = args.paths
    .map((path) => ({ ...path, banks: path.banks.filter((bank) => bank.keys > 0) }))
    .filter((path) => path.banks.length > 0);
  const { elem, output, heads, headDim } = args;
  const { batch, queries } = foldBatch(args.batch, args.queries, paths);
  if (paths.length === 0) {
    context.clear(output, batch * queries * heads * headDim * elemBytes(elem));
    return;
  }
  const needsState = paths.some((path) => path.banks.length > 1);
  const stateBytes = batch * heads * queries * (headDim + 4) * 4;
  const state = needsState ? context.createBuffer(stateBytes, 'attention state') : null;
  paths.forEach((path, pathIndex) => {
    path.banks.forEach((bank, bankIndex) => {
      const begin = bankIndex === 0 ? FLAG.begin : 0;
      const finish = bankIndex === path.banks.length - 1 ? FLAG.finish : 0;
      const add = pathIndex > 0 ? FLAG.add : 0;
      const flags = begin | finish | add;
      recordBank(context, {
        args: { ...args, batch, queries },
        bank,
        scale: path.scale,
        logitScale,
        flags,
        state,
      });
    });
  });
  if (state !== null) {
    context.release(state);
  }
}

/**
 * Entries that read the same keys are one longer run of queries, in memory already: frames of 16 tokens fill the
 * kernel's 32 rows instead of half of them.
 */
function foldBatch(
  batch: number,
  queries: number,
  paths: readonly AttentionPath[],
): { batch: number; queries: number } {
  const banks = paths.flatMap((path) => path.banks);
  const isCounted = banks.some((bank) => bank.keyCounts !== undefined);
  const entries = banks.reduce((most, bank) => Math.max(most, bank.entries), 1);
  if (isCounted || banks.some((bank) => entries % bank.entries !== 0)) {
    return { batch, queries };
  }
  return { batch: entries, queries: (batch / entries) * queries };
}

type BankCall = {
  readonly args: AttentionArgs;
  readonly bank: AttentionBank;
  readonly scale: number;
  readonly logitScale: number;
  readonly flags: number;
  readonly state: GPUBuffer | null;
};

function recordBank(context: GpuContext, call: BankCall): void {
  const { args, bank, state } = call;
  const { batch, queries, heads, headDim, queryMask } = args;
  const flags =
    call.flags |
    (bank.keyWeights === undefined ? 0 : FLAG.weighted) |
    (queryMask === undefined ? 0 : FLAG.masked);
  const counts = Uint32Array.from({ length: batch }, (_, i) => bank.keyCounts?.[i] ?? bank.keys);
  const costPerRow = 4 * batch * heads * headDim * bank.keys;
  const rowsPerSubmit =
    Math.floor(context.costPerSubmit / costPerRow / ROWS_PER_WORKGROUP) * ROWS_PER_WORKGROUP;
  const step = Math.max(ROWS_PER_WORKGROUP, rowsPerSubmit);
  for (let from = 0; from < queries; from += step) {
    const to = Math.min(queries, from + step);
    context.dispatch({
      kernel: attentionKernel,
      elem: args.elem,
      constants: { HEAD_VEC4S: headDim / 4 },
      bindings: [
        { data: packParams({ ...call, from, to, flags }) },
        args.q,
        bank.k,
        bank.v,
        { data: counts },
        bank.keyWeights ?? context.placeholder.read,
        queryMask ?? context.placeholder.read,
        args.output,
        state ?? context.placeholder.write,
      ],
      workgroups: [Math.ceil((to - from) / ROWS_PER_WORKGROUP), heads, batch],
      cost: costPerRow * (to - from),
    });
  }
}

/** In the order of the shader's `Params`, 48 bytes. */
function packParams(input: BankCall & { readonly from: number; readonly to: number }): DataView {
  const { args, bank } = input;
  const view = new DataView(new ArrayBuffer(48));
  const integers = [
    args.queries,
    bank.keys,
    args.batch,
    bank.entries,
    args.heads,
    input.from,
    input.to,
    input.flags,
  ];
  integers.forEach((value, index) => view.setUint32(index * 4, value, true));
  view.setFloat32(32, input.logitScale, true);
  view.setFloat32(36, input.scale, true);
  return view;
}

function checkArgs(args: AttentionArgs): void {
  const { batch, headDim } = args;
  const isHeadDimRight = Number.isInteger(headDim) && headDim >= 1 && headDim <= MAX_HEAD_DIM;
  assert(isHeadDimRight, `headDim ${headDim}, 1 to ${MAX_HEAD_DIM} allowed`);
  for (const bank of args.paths.flatMap((path) => path.banks)) {
    assert(
      batch % bank.entries === 0,
      `${bank.entries} bank entries do not divide a batch of ${batch}`,
    );
    const counts = bank.keyCounts ?? [];
    assert(
      bank.keyCounts === undefined || counts.length === batch,
      `${counts.length} key counts for a batch of ${batch}`,
    );
    assert(
      counts.every((count) => count >= 0 && count <= bank.keys),
      `key counts ${counts.join(', ')} with ${bank.keys} keys`,
    );
  }
}

/** Heads padded with zeros to a multiple of 4, which changes no logit and gives zeros that are dropped again. */
function recordPadded(context: GpuContext, args: AttentionArgs): void {
  const { elem, batch, queries, heads, headDim } = args;
  const padded = Math.ceil(headDim / 4) * 4;
  const owned: GPUBuffer[] = [];
  const create = (rows: number, label: string): GPUBuffer => {
    const buffer = context.createBuffer(rows * heads * padded * elemBytes(elem), label);
    owned.push(buffer);
    return buffer;
  };
  const pad = (input: GPUBuffer, rows: number): GPUBuffer => {
    const output = create(rows, 'attention padded');
    context.clear(output, rows * heads * padded * elemBytes(elem));
    const blocks = rows * heads;
    const layout = { blocks, inner: headDim, inputStride: headDim, outputStride: padded };
    recordCopyBlocks(context, { elem: copyElem(elem), input, output, ...layout });
    return output;
  };
  const paths = args.paths.map((path) => ({
    ...path,
    banks: path.banks
      .filter((bank) => bank.keys > 0)
      .map((bank) => {
        const rows = bank.entries * bank.keys;
        return { ...bank, k: pad(bank.k, rows), v: pad(bank.v, rows) };
      }),
  }));
  const rows = batch * queries;
  const output = create(rows, 'attention padded output');
  const q = pad(args.q, rows);
  recordAligned(context, { ...args, q, output, paths, headDim: padded }, 1 / Math.sqrt(headDim));
  recordCopyBlocks(context, {
    elem: copyElem(elem),
    input: output,
    output: args.output,
    blocks: rows * heads,
    inner: headDim,
    inputStride: padded,
    outputStride: headDim,
  });
  for (const buffer of owned) {
    context.release(buffer);
  }
}

function copyElem(elem: 'f32' | 'f16'): Elem {
  return elem === 'f32' ? 'u32' : 'f16';
}
