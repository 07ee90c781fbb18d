import type { Tensor as OrtTensor } from 'onnxruntime-web';
import { assert, must } from '../../base/assert.ts';
import { halfToFloat } from '../../base/half-float.ts';
import { attentionMap } from '../../gpu/kernels/attention-map/attention-map.cpu.ts';
import type { RuntimeInfo } from '../../protocol/engine.ts';
import {
  checkAttention,
  checkAttentionMap,
  checkCombine,
  checkConcat,
  checkMix,
  checkPictures,
  checkRepeat,
  checkSlice,
  checkType,
  checkUpload,
  attentionInputs,
  type CombineTerm,
} from './checks.ts';
import { CpuAttention } from './cpu-attention.ts';
import {
  combineTerms,
  concatArrays,
  entryMoments,
  mixArrays,
  planesToRgba,
  repeatArray,
  sliceArray,
  type ElementArray,
} from './cpu-math.ts';
import type { OrtModule } from './ort.ts';
import { checkRun, ORT_TYPES, Sessions, toTensorType, type Turn } from './sessions.ts';
import { BYTES_PER_ELEMENT, checkSizes, elementCount } from './shape.ts';
import { TensorHeap, type HeapTensor } from './tensor-storage.ts';
import type {
  AttentionCall,
  AttentionMapCall,
  Graph,
  Tensor,
  TensorRuntime,
  TensorType,
} from './tensor-runtime.ts';

type Floats = Float32Array<ArrayBuffer>;

/** ONNX Runtime's WASM provider; tensors are typed arrays in this thread. */
export class CpuRuntime implements TensorRuntime {
  readonly kind = 'cpu';
  readonly info: RuntimeInfo;
  readonly #sessions: Sessions;
  readonly #attention: CpuAttention;
  readonly #heap = new TensorHeap<ElementArray>();

  constructor(ort: OrtModule, info: RuntimeInfo, turn?: Turn) {
    this.info = info;
    this.#sessions = new Sessions(ort, { executionProviders: ['wasm'] }, turn);
    this.#attention = new CpuAttention(this.#sessions);
  }

  get bytes(): { readonly live: number; readonly peak: number } {
    return this.#heap.meter;
  }

  get wantsShortRuns(): boolean {
    return this.#sessions.wantsShortRuns;
  }

  upload(data: ArrayBufferView, shape: readonly number[], type: TensorType): Tensor {
    checkSizes(shape);
    checkUpload(data, shape, type);
    const copy = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    return this.#own(toElements(copy as ArrayBuffer, type), shape, type);
  }

  async download(tensor: Tensor): Promise<Floats> {
    const { data, type } = this.#heap.own(tensor);
    return type === 'f16' ? halfToFloat(data as Uint16Array) : new Float32Array(data);
  }

  async load(graph: Uint8Array, pins: Readonly<Record<string, number>>): Promise<Graph> {
    return await this.#sessions.create(graph, pins);
  }

  async run(
    graph: Graph,
    inputs: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>> {
    const checked = checkRun(graph, inputs);
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      feeds[name] = this.#toOrt(tensor);
    }
    const results = await this.#sessions.run(checked, feeds);
    const outputs: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) {
      outputs[name] = this.#fromOrt(result as OrtTensor);
    }
    return outputs;
  }

  async attention(call: AttentionCall): Promise<Tensor> {
    const sizes = checkAttention(call);
    for (const tensor of attentionInputs(call)) {
      checkType(tensor, 'f32', 'a tensor of attention');
    }
    const result = await this.#attention.run({
      ...sizes,
      q: this.#floats(call.q),
      heads: call.heads,
      paths: call.paths.map(({ scale, banks }) => ({
        scale,
        banks: banks.map((bank) => ({
          k: this.#floats(bank.k),
          v: this.#floats(bank.v),
          entries: bank.k.shape[0] ?? 0,
          keys: bank.k.shape[1] ?? 0,
          ...(bank.keyCounts === undefined ? {} : { keyCounts: bank.keyCounts }),
          ...(bank.keyWeights === undefined ? {} : { keyWeights: this.#floats(bank.keyWeights) }),
        })),
      })),
      ...(call.queryMask === undefined ? {} : { queryMask: this.#floats(call.queryMask) }),
    });
    return this.#own(result, call.q.shape, 'f32');
  }

  async attentionMap(call: AttentionMapCall): Promise<Tensor> {
    const sizes = checkAttentionMap(call);
    const values = attentionMap(this.#floats(call.q), this.#floats(call.k), sizes);
    return this.#own(values, [sizes.batch, sizes.queries, sizes.chosen.length], 'f32');
  }

  async combine(terms: readonly CombineTerm[]): Promise<Tensor> {
    const shape = checkCombine(terms);
    const arrays = terms.map(({ tensor, scale }) => ({ data: this.#floats(tensor), scale }));
    const sum = combineTerms(arrays, shape[0] ?? 1, elementCount(shape));
    return this.#own(sum, shape, 'f32');
  }

  reshape(tensor: Tensor, shape: readonly number[]): Tensor {
    checkSizes(shape);
    return this.#heap.share(tensor, shape);
  }

  async concat(parts: readonly Tensor[], axis: number): Promise<Tensor> {
    const shape = checkConcat(parts, axis);
    const owned = parts.map((part) => this.#heap.own(part));
    return this.#own(concatArrays(owned, axis), shape, must(owned[0], 'part').type);
  }

  async slice(tensor: Tensor, axis: number, from: number, to: number): Promise<Tensor> {
    const shape = checkSlice(tensor, axis, from, to);
    return this.#own(sliceArray(this.#heap.own(tensor), axis, from, to), shape, tensor.type);
  }

  async repeat(tensor: Tensor, times: number): Promise<Tensor> {
    const shape = checkRepeat(tensor, times);
    return this.#own(repeatArray(this.#heap.own(tensor).data, times), shape, tensor.type);
  }

  async mix(a: Tensor, b: Tensor, mask: Tensor): Promise<Tensor> {
    checkMix(a, b, mask);
    const mixed = mixArrays(this.#floats(a), this.#floats(b), this.#floats(mask), a.shape);
    return this.#own(mixed, a.shape, 'f32');
  }

  async moments(tensor: Tensor): Promise<{ readonly mean: number; readonly std: number }[]> {
    return entryMoments(this.#floats(tensor), tensor.shape[0] ?? 1);
  }

  async toPictures(
    images: Tensor,
    range: readonly [number, number],
  ): Promise<Uint8ClampedArray<ArrayBuffer>[]> {
    const { count, height, width } = checkPictures(images);
    const data = this.#floats(images);
    const size = 3 * height * width;
    return Array.from({ length: count }, (_, i) =>
      planesToRgba(data.subarray(i * size, (i + 1) * size), range),
    );
  }

  dispose(): void {
    void this.#sessions.close();
    this.#heap.close();
  }

  #own(data: ElementArray, shape: readonly number[], type: TensorType): HeapTensor<ElementArray> {
    return this.#heap.create(data, shape, type, data.byteLength);
  }

  /** The values of a tensor for maths: float32 in place, float16 widened. */
  #floats(tensor: Tensor): Floats {
    const { data, type } = this.#heap.own(tensor);
    if (type === 'f32') {
      return data as Floats;
    }
    assert(type === 'f16', `maths takes floats, not ${type}`);
    return halfToFloat(data as Uint16Array);
  }

  #toOrt(tensor: Tensor): OrtTensor {
    const { data, type, shape } = this.#heap.own(tensor);
    return new this.#sessions.ort.Tensor(ORT_TYPES[type], data, shape);
  }

  #fromOrt(result: OrtTensor): Tensor {
    const type = toTensorType(result.type);
    const { buffer, byteOffset, byteLength } = result.data as ElementArray;
    return this.#own(toElements(buffer, type, byteOffset, byteLength), result.dims, type);
  }
}

/** The bytes as the array of their element type; ONNX Runtime hands out Float16Array where we keep bits. */
function toElements(
  buffer: ArrayBuffer,
  type: TensorType,
  offset = 0,
  bytes = buffer.byteLength,
): ElementArray {
  const length = bytes / BYTES_PER_ELEMENT[type];
  switch (type) {
    case 'f32':
      return new Float32Array(buffer, offset, length);
    case 'f16':
      return new Uint16Array(buffer, offset, length);
    case 'i32':
      return new Int32Array(buffer, offset, length);
    case 'u8':
    case 'rgba8':
      return new Uint8Array(buffer, offset, length);
  }
}
