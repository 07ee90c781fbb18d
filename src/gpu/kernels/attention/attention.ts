import { assert } from '../../../base/assert.ts';
import type { GpuContext } from '../../context.ts';
import { elemBytes } from '../../kernel.ts';
import { constantsOf, kernelOf } from './attention-kernels.ts';
import { padHeads } from './attention-padding.ts';
import { keysPerDispatch, planSlices, type BankWork, type Slice } from './attention-slices.ts';
import { DEFAULT_TILING, rowsOf, type Tiling } from './tilings.ts';

export const MAX_HEAD_DIM = 160;
const FLAG = { begin: 1, finish: 2, add: 4, weighted: 8, masked: 16 } as const;

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
  /** How to cut up the work of a bank, by measurement; the default where absent. */
  readonly tilingOf?: (work: AttentionWork) => Tiling;
};

/** One bank's work with what else decides how it is best cut up. */
export type AttentionWork = BankWork & { readonly elem: 'f32' | 'f16' };

/**
 * Records attention: one softmax per path over all keys of its banks, results scaled and added. One dispatch per bank
 * carries maximum, sum and accumulator on; long ones are split (attention-slices.ts). `output` must not be an input.
 */
export function recordAttention(context: GpuContext, args: AttentionArgs): void {
  checkArgs(args);
  if (args.headDim % 4 === 0) {
    recordAligned(context, args, 1 / Math.sqrt(args.headDim));
  } else {
    padHeads(context, args, (padded) =>
      recordAligned(context, padded, 1 / Math.sqrt(args.headDim)),
    );
  }
}

/** The work of each bank as `tilingOf` is asked about it. */
export function attentionWorks(args: Omit<AttentionArgs, 'output' | 'tilingOf'>): AttentionWork[] {
  const { elem, heads, paths } = args;
  const headDim = Math.ceil(args.headDim / 4) * 4;
  const filled = withoutEmpty(paths);
  const { batch, queries } = foldBatch(args.batch, args.queries, filled);
  return filled.flatMap(({ banks }) =>
    banks.map(({ keys }) => ({ elem, batch, heads, headDim, queries, keys })),
  );
}

function withoutEmpty(paths: readonly AttentionPath[]): AttentionPath[] {
  return paths
    .map((path) => ({ ...path, banks: path.banks.filter((bank) => bank.keys > 0) }))
    .filter((path) => path.banks.length > 0);
}

function recordAligned(context: GpuContext, args: AttentionArgs, logitScale: number): void {
  const paths = withoutEmpty(args.paths);
  const { elem, output, heads, headDim } = args;
  const { batch, queries } = foldBatch(args.batch, args.queries, paths);
  if (paths.length === 0) {
    context.clear(output, batch * queries * heads * headDim * elemBytes(elem));
    return;
  }
  const most = keysPerDispatch(headDim);
  const needsState = paths.some(
    (path) => path.banks.length > 1 || path.banks.some((bank) => bank.keys > most),
  );
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
  const { elem, batch, queries, heads, headDim, queryMask, tilingOf } = args;
  const work = { elem, batch, heads, headDim, queries, keys: bank.keys };
  const tiling = tilingOf?.(work) ?? DEFAULT_TILING;
  const counts = Uint32Array.from({ length: batch }, (_, i) => bank.keyCounts?.[i] ?? bank.keys);
  for (const slice of planSlices(work, rowsOf(tiling), context.costPerSubmit)) {
    const [rows, someHeads, entries] = [slice.rows, slice.heads, slice.entries].map(
      ([from, to]) => to - from,
    );
    context.dispatch({
      kernel: kernelOf(tiling),
      elem,
      constants: constantsOf(tiling, headDim),
      bindings: [
        { data: packParams(call, slice) },
        args.q,
        bank.k,
        bank.v,
        { data: counts },
        bank.keyWeights ?? context.placeholder.read,
        queryMask ?? context.placeholder.read,
        args.output,
        state ?? context.placeholder.write,
      ],
      workgroups: [Math.ceil((rows ?? 0) / rowsOf(tiling)), someHeads ?? 0, entries ?? 0],
      cost: slice.cost,
    });
  }
}

/** The first slice of keys begins the path's softmax if the bank does, the last one ends it. */
function flagsOf({ args, bank, flags }: BankCall, { keys: [from, to] }: Slice): number {
  return (
    ((from === 0 ? flags : flags & ~FLAG.begin) & (to === bank.keys ? ~0 : ~FLAG.finish)) |
    (bank.keyWeights === undefined ? 0 : FLAG.weighted) |
    (args.queryMask === undefined ? 0 : FLAG.masked)
  );
}

/** In the order of the shader's `Params`, 64 bytes. */
function packParams(call: BankCall, slice: Slice): DataView {
  const { args, bank } = call;
  const view = new DataView(new ArrayBuffer(64));
  const integers = [
    args.queries,
    bank.keys,
    args.batch,
    bank.entries,
    args.heads,
    ...slice.rows,
    flagsOf(call, slice),
  ];
  integers.forEach((value, index) => view.setUint32(index * 4, value, true));
  view.setFloat32(32, call.logitScale, true);
  view.setFloat32(36, call.scale, true);
  [slice.entries[0], slice.heads[0], ...slice.keys].forEach((value, index) =>
    view.setUint32(40 + index * 4, value, true),
  );
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
