import { encodeSmallGraph, type SmallNode } from './small-graph.ts';

/** The two ways to write attention as a graph. q [entries, rows, c], k and v [entries, keys, c], out like q. */
export type AttentionGraphKind = {
  readonly heads: number;
  /** Adds `bias` [entries, 1, 1, keys] to the logits. */
  readonly isBiased: boolean;
};

const QKV = {
  q: ['entries', 'rows', 'channels'],
  k: ['entries', 'keys', 'channels'],
  v: ['entries', 'keys', 'channels'],
} as const;

/** Spreads the bias over the query rows: MultiHeadAttention takes it as [entries, 1, rows, keys] only. */
const SPREAD_BIAS: readonly SmallNode[] = [
  { op: 'Shape', inputs: ['q'], outputs: ['rowCount'], attributes: { start: 1, end: 2 } },
  { op: 'Shape', inputs: ['k'], outputs: ['keyCount'], attributes: { start: 1, end: 2 } },
  { op: 'Shape', inputs: ['q'], outputs: ['entryCount'], attributes: { start: 0, end: 1 } },
  {
    op: 'Concat',
    inputs: ['entryCount', 'one', 'rowCount', 'keyCount'],
    outputs: ['biasShape'],
    attributes: { axis: 0 },
  },
  { op: 'Expand', inputs: ['bias', 'biasShape'], outputs: ['rowBias'] },
];

/** com.microsoft MultiHeadAttention: right on the WASM provider, silently wrong on some WebGPU adapters. */
export function fusedAttentionGraph({
  heads,
  isBiased,
}: AttentionGraphKind): Uint8Array<ArrayBuffer> {
  return encodeSmallGraph({
    inputs: isBiased ? { ...QKV, bias: ['entries', 1, 1, 'keys'] } : QKV,
    outputs: { out: ['entries', 'rows', 'channels'] },
    ...(isBiased ? { constants: { one: { shape: [1], data: new BigInt64Array([1n]) } } } : {}),
    nodes: [
      ...(isBiased ? SPREAD_BIAS : []),
      {
        op: 'MultiHeadAttention',
        domain: 'com.microsoft',
        inputs: isBiased ? ['q', 'k', 'v', '', '', 'rowBias'] : ['q', 'k', 'v'],
        outputs: ['out'],
        attributes: { num_heads: heads },
      },
    ],
  });
}

function splitHeads(name: string, order: readonly number[]): SmallNode[] {
  return [
    { op: 'Reshape', inputs: [name, 'headShape'], outputs: [`${name}Split`] },
    {
      op: 'Transpose',
      inputs: [`${name}Split`],
      outputs: [`${name}Heads`],
      attributes: { perm: { ints: order } },
    },
  ];
}

/** MatMul, Softmax, MatMul: right everywhere, and it stores all scores. For comparison. */
export function unfusedAttentionGraph(heads: number, headDim: number): Uint8Array<ArrayBuffer> {
  return encodeSmallGraph({
    inputs: QKV,
    outputs: { out: ['entries', 'rows', 'channels'] },
    constants: {
      headShape: { shape: [4], data: new BigInt64Array([0n, -1n, BigInt(heads), BigInt(headDim)]) },
      flatShape: { shape: [3], data: new BigInt64Array([0n, -1n, BigInt(heads * headDim)]) },
      scale: { shape: [1], data: new Float32Array([1 / Math.sqrt(headDim)]) },
    },
    nodes: [
      ...splitHeads('q', [0, 2, 1, 3]),
      ...splitHeads('k', [0, 2, 3, 1]),
      ...splitHeads('v', [0, 2, 1, 3]),
      { op: 'Mul', inputs: ['qHeads', 'scale'], outputs: ['qScaled'] },
      { op: 'MatMul', inputs: ['qScaled', 'kHeads'], outputs: ['scores'] },
      { op: 'Softmax', inputs: ['scores'], outputs: ['weights'], attributes: { axis: -1 } },
      { op: 'MatMul', inputs: ['weights', 'vHeads'], outputs: ['outHeads'] },
      {
        op: 'Transpose',
        inputs: ['outHeads'],
        outputs: ['outRows'],
        attributes: { perm: { ints: [0, 2, 1, 3] } },
      },
      { op: 'Reshape', inputs: ['outRows', 'flatShape'], outputs: ['out'] },
    ],
  });
}
