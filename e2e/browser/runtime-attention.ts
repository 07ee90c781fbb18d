import type {
  ReferenceBank,
  ReferenceCall,
} from '../../src/gpu/kernels/attention/attention.reference.ts';
import { gaussian, philox, seedKey } from '../../src/base/rng.ts';
import type {
  AttentionCall,
  Bank,
  Tensor,
  TensorRuntime,
} from '../../src/engine/runtime/tensor-runtime.ts';
import { attendExactly, largestDifference } from './runtime-oracle.ts';

/** How far a result is from its float64 reference. */
export type Comparison = {
  readonly name: string;
  readonly error: number;
  readonly tolerance: number;
};

/**
 * Inputs are standard normal, so results are averages of values of size 1 and float32 sums over at most a few hundred
 * keys lose some 3e-7. The rest is room for a GPU's exp, which WGSL lets be off by a few units in the last place.
 */
const TOLERANCE = 4e-6;

type BankShape = {
  readonly entries: number;
  readonly keys: number;
  readonly keyCounts?: readonly number[];
  readonly isWeighted?: boolean;
};

type Case = {
  readonly name: string;
  readonly batch: number;
  readonly queries: number;
  readonly heads: number;
  readonly headDim: number;
  readonly paths: readonly { readonly scale: number; readonly banks: readonly BankShape[] }[];
  /** Part of the queries that are wanted; 1 in `wholeFrames` entries is skipped in full. */
  readonly maskShare?: number;
  /** Multiplies q: large logits must not overflow. */
  readonly sharpness?: number;
  /** Compare these rows only. */
  readonly rows?: readonly number[];
};

const one = (...banks: BankShape[]) => [{ scale: 1, banks }];
const SMALL = { queries: 10, heads: 3, headDim: 8 };

/** The modes of contracts.md and the corners of the interface. */
export const ATTENTION_CASES: readonly Case[] = [
  { name: 'swap, three branches', batch: 6, ...SMALL, paths: one({ entries: 3, keys: 40 }) },
  { name: 'swap, one shared bank', batch: 4, ...SMALL, paths: one({ entries: 1, keys: 40 }) },
  { name: 'independent', batch: 3, ...SMALL, paths: one({ entries: 3, keys: 10 }) },
  {
    name: 'own and anchors, one softmax',
    batch: 4,
    ...SMALL,
    paths: one({ entries: 4, keys: 10 }, { entries: 1, keys: 40 }),
  },
  {
    name: 'sequential gather',
    batch: 4,
    ...SMALL,
    paths: one({ entries: 1, keys: 40, keyCounts: [10, 10, 20, 30] }),
  },
  {
    name: 'sequential gather, three branches',
    batch: 12,
    ...SMALL,
    paths: one({
      entries: 3,
      keys: 40,
      keyCounts: [10, 10, 20, 30, 10, 10, 20, 30, 10, 10, 20, 30],
    }),
  },
  {
    name: 'dual path',
    batch: 4,
    ...SMALL,
    paths: [
      { scale: 1, banks: [{ entries: 2, keys: 77 }] },
      { scale: 0.35, banks: [{ entries: 2, keys: 4 }] },
    ],
  },
  {
    name: 'one scaled path',
    batch: 2,
    ...SMALL,
    paths: [{ scale: -1.5, banks: [{ entries: 2, keys: 7 }] }],
  },
  {
    name: 'six banks, one softmax',
    batch: 4,
    ...SMALL,
    paths: one(
      { entries: 4, keys: 10 },
      { entries: 2, keys: 1 },
      { entries: 1, keys: 33 },
      { entries: 1, keys: 64 },
      { entries: 4, keys: 3 },
      { entries: 2, keys: 65 },
    ),
  },
  {
    name: 'key weights',
    batch: 4,
    ...SMALL,
    paths: one({ entries: 2, keys: 40, isWeighted: true }),
  },
  {
    name: 'key weights in one of two banks, with counts',
    batch: 4,
    ...SMALL,
    paths: one(
      { entries: 4, keys: 10, isWeighted: true, keyCounts: [10, 0, 4, 1] },
      { entries: 1, keys: 20 },
    ),
  },
  {
    name: 'query mask',
    batch: 4,
    ...SMALL,
    paths: one({ entries: 1, keys: 40 }),
    maskShare: 0.4,
  },
  {
    name: 'no keys for some entries',
    batch: 4,
    ...SMALL,
    paths: one({ entries: 1, keys: 40, keyCounts: [0, 40, 0, 7] }),
  },
  {
    name: 'no keys at all in the first path',
    batch: 2,
    ...SMALL,
    paths: [
      { scale: 1, banks: [{ entries: 1, keys: 8, keyCounts: [0, 0] }] },
      { scale: 0.5, banks: [{ entries: 1, keys: 8 }] },
    ],
  },
  {
    name: 'everything at once',
    batch: 6,
    ...SMALL,
    maskShare: 0.5,
    paths: [
      {
        scale: 0.8,
        banks: [
          { entries: 3, keys: 40, keyCounts: [40, 12, 0, 1, 40, 3], isWeighted: true },
          { entries: 6, keys: 10 },
        ],
      },
      { scale: 0.35, banks: [{ entries: 2, keys: 4, keyCounts: [4, 0, 4, 4, 4, 0] }] },
    ],
  },
  {
    name: 'large logits',
    batch: 2,
    ...SMALL,
    sharpness: 60,
    paths: one({ entries: 2, keys: 40 }),
  },
  // Few, since a software GPU compiles each for seconds; all of them are tested beside the kernel.
  ...[1, 3, 24, 80, 160].map((headDim) => ({
    name: `head dimension ${headDim}`,
    batch: 2,
    queries: 9,
    heads: 2,
    headDim,
    paths: one({ entries: 1, keys: 35 }),
  })),
  {
    name: 'scores over 64 MB',
    batch: 2,
    queries: 1030,
    heads: 8,
    headDim: 4,
    paths: one({ entries: 1, keys: 1100 }),
    rows: [0, 1, 500, 953, 954, 1029, 1030, 1800, 1906, 1907, 1908, 2059],
  },
];

/** Uniform values in [0, 1). */
export function uniform(seed: number, count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: count },
    (_, i) => philox([i, 0, 0, 9], seedKey(seed))[0] / 2 ** 32,
  );
}

type Draw = (count: number) => Float32Array<ArrayBuffer>;

function makeBank(runtime: TensorRuntime, draw: Draw, shape: BankShape, channels: number) {
  const { entries, keys } = shape;
  const size = [entries, keys, channels];
  const k = draw(entries * keys * channels);
  const v = draw(entries * keys * channels);
  const counts = shape.keyCounts === undefined ? {} : { keyCounts: shape.keyCounts };
  const weights =
    shape.isWeighted === true
      ? draw(entries * keys).map((value, i) => (i % 7 === 3 ? 0 : Math.exp(value)))
      : undefined;
  const bank: Bank = {
    k: runtime.upload(k, size, 'f32'),
    v: runtime.upload(v, size, 'f32'),
    ...counts,
    ...(weights === undefined
      ? {}
      : { keyWeights: runtime.upload(weights, [entries, keys], 'f32') }),
  };
  const oracle: ReferenceBank = {
    k,
    v,
    entries,
    keys,
    ...counts,
    ...(weights === undefined ? {} : { keyWeights: weights }),
  };
  return { bank, oracle };
}

function makeMask(test: Case, share: number): Float32Array<ArrayBuffer> {
  const mask = uniform(5, test.batch * test.queries).map((value) => (value < share ? 1 : 0));
  // One frame without a wanted query: nothing to do for it at all.
  mask.fill(0, 0, test.queries);
  return mask;
}

async function compareCase(runtime: TensorRuntime, test: Case, seed: number): Promise<Comparison> {
  const { batch, queries, heads, headDim } = test;
  const channels = heads * headDim;
  let stream = 0;
  const draw: Draw = (count) => gaussian(seed, [stream++, 0, 0], count);
  const q = draw(batch * queries * channels).map((value) => value * (test.sharpness ?? 1));
  const paths = test.paths.map(({ scale, banks }) => ({
    scale,
    banks: banks.map((bank) => makeBank(runtime, draw, bank, channels)),
  }));
  const mask = test.maskShare === undefined ? null : makeMask(test, test.maskShare);
  const call: AttentionCall = {
    q: runtime.upload(q, [batch, queries, channels], 'f32'),
    heads,
    headDim,
    paths: paths.map(({ scale, banks }) => ({ scale, banks: banks.map(({ bank }) => bank) })),
    ...(mask === null ? {} : { queryMask: runtime.upload(mask, [batch, queries], 'f32') }),
  };
  const oracle: ReferenceCall = {
    q,
    batch,
    queries,
    heads,
    headDim,
    paths: paths.map(({ scale, banks }) => ({ scale, banks: banks.map((bank) => bank.oracle) })),
    ...(mask === null ? {} : { queryMask: mask }),
  };
  const result = await runtime.attention(call);
  const values = await runtime.download(result);
  const rows = test.rows ?? Array.from({ length: batch * queries }, (_, row) => row);
  const got = rows.flatMap((row) => [...values.subarray(row * channels, (row + 1) * channels)]);
  const error = largestDifference(got, attendExactly(oracle, rows));
  disposeAll([result, call.q, ...(call.queryMask === undefined ? [] : [call.queryMask])]);
  disposeAll(
    paths.flatMap(({ banks }) =>
      banks.flatMap(({ bank }) => [
        bank.k,
        bank.v,
        ...(bank.keyWeights === undefined ? [] : [bank.keyWeights]),
      ]),
    ),
  );
  // A logit of some hundred has float32 steps of 3e-5, and the softmax passes them on.
  const tolerance = TOLERANCE * Math.max(1, test.sharpness ?? 1);
  return { name: test.name, error, tolerance };
}

export function disposeAll(tensors: readonly Tensor[]): void {
  tensors.forEach((tensor) => tensor.dispose());
}

export async function compareAttention(runtime: TensorRuntime): Promise<Comparison[]> {
  const results: Comparison[] = [];
  for (const [index, test] of ATTENTION_CASES.entries()) {
    results.push(await compareCase(runtime, test, 100 + index));
  }
  return results;
}
