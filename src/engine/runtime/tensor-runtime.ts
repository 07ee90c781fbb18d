import type { Disposable } from '../../base/disposal.ts';
import type { RuntimeInfo, RuntimeKind } from '../../protocol/engine.ts';

export type TensorType = 'f32' | 'f16' | 'i32' | 'u8' | 'rgba8';

/** Data on the runtime's device. Belongs to whoever received it; disposing twice is a fault. */
export interface Tensor extends Disposable {
  readonly shape: readonly number[];
  readonly type: TensorType;
}

/** A loaded ONNX graph with its free dimensions pinned. After a failed run it is spent and must be loaded again. */
export interface Graph extends Disposable {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Keys and values of one source of attention. */
export interface Bank {
  /** [b, keys, heads * headDim]; b divides batch: entry i reads bank entry floor(i * b / batch). */
  readonly k: Tensor;
  readonly v: Tensor;
  /** Per entry of q: how many of the first keys count. 0 is allowed; no keys at all give 0. */
  readonly keyCounts?: readonly number[];
  /** [b, keys], 0 or more and not all 0 of what an entry reads; added to the logits as logarithms. */
  readonly keyWeights?: Tensor;
}

export interface AttentionCall {
  /** [batch, queries, heads * headDim] */
  readonly q: Tensor;
  readonly heads: number;
  /** Any size from 1 to 160. Logits are scaled by 1/sqrt(headDim). */
  readonly headDim: number;
  /** One softmax per path over all its banks; results are scaled and added (dual path: text, image tokens). */
  readonly paths: readonly { readonly scale: number; readonly banks: readonly Bank[] }[];
  /** [batch, queries]; 0 = skip (result 0), already grown by its halo. */
  readonly queryMask?: Tensor;
}

/** Asks how much of a cross-attention goes to some of its keys. */
export interface AttentionMapCall {
  /** [batch, queries, heads * headDim], as in `AttentionCall`. */
  readonly q: Tensor;
  /** [b, keys, heads * headDim]; b divides batch. */
  readonly k: Tensor;
  readonly heads: number;
  readonly headDim: number;
  /** Numbers of keys: of a prompt, places of its tokens. */
  readonly tokens: readonly number[];
}

/**
 * All that the engine needs of a device, implemented by `webgpu` (ONNX Runtime's WebGPU provider and our kernels) and
 * `cpu` (ONNX Runtime's WASM provider and typed arrays). Every tensor it returns belongs to the caller; inputs are
 * only read. Calls run in the order they are made.
 */
export interface TensorRuntime extends Disposable {
  readonly kind: RuntimeKind;
  readonly info: RuntimeInfo;
  /** Bytes held by live tensors, and the highest value so far. */
  readonly bytes: { readonly live: number; readonly peak: number };
  /** Somebody works on the page now, and waits for every run to end: several pictures had better go one by one. */
  readonly wantsShortRuns: boolean;
  upload(data: ArrayBufferView, shape: readonly number[], type: TensorType): Tensor;
  /** Values as float32, whatever the type (u8 and rgba8: 0 to 255). */
  download(tensor: Tensor): Promise<Float32Array>;
  /** `pins`: sizes for symbolic dimensions of the graph, such as `height_0`. */
  load(graph: Uint8Array, pins: Readonly<Record<string, number>>): Promise<Graph>;
  run(graph: Graph, inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** [batch, queries, heads * headDim] */
  attention(call: AttentionCall): Promise<Tensor>;
  /** f32 [batch, queries, tokens]: each token's share of the softmax over all keys, averaged over the heads. */
  attentionMap(call: AttentionMapCall): Promise<Tensor>;
  /** Sum of scaled tensors of one shape; an array gives one scale per entry of the first axis. */
  combine(
    terms: readonly { readonly tensor: Tensor; readonly scale: number | readonly number[] }[],
  ): Promise<Tensor>;
  /** Same data, own lifetime: [B*G, N, C] as [B, G*N, C]. */
  reshape(tensor: Tensor, shape: readonly number[]): Tensor;
  concat(parts: readonly Tensor[], axis: number): Promise<Tensor>;
  slice(tensor: Tensor, axis: number, from: number, to: number): Promise<Tensor>;
  /** Tiles the first axis `times` times: [B, …] to [times * B, …]. */
  repeat(tensor: Tensor, times: number): Promise<Tensor>;
  /** a + mask * (b - a); mask [frames, 1, h, w] against [frames, c, h, w]. */
  mix(a: Tensor, b: Tensor, mask: Tensor): Promise<Tensor>;
  /** Per entry of the first axis. */
  moments(tensor: Tensor): Promise<{ readonly mean: number; readonly std: number }[]>;
  /** [n, 3, h, w] in `range` to n RGBA pictures (alpha 255), clamped and rounded to the nearest of 256 levels. */
  toPictures(
    images: Tensor,
    range: readonly [number, number],
  ): Promise<Uint8ClampedArray<ArrayBuffer>[]>;
}
