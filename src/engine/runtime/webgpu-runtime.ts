import type { Tensor as OrtTensor } from 'onnxruntime-web';
import { assert, must } from '../../base/assert.ts';
import { Interruption } from '../../base/interruption.ts';
import { GpuContext } from '../../gpu/context.ts';
import {
  attentionWorks,
  recordAttention,
  type AttentionArgs,
} from '../../gpu/kernels/attention/attention.ts';
import { recordAttentionMap } from '../../gpu/kernels/attention-map/attention-map.ts';
import { AttentionTuner } from '../../gpu/kernels/attention/tuner.ts';
import { recordCombine } from '../../gpu/kernels/combine/combine.ts';
import { recordConcat, recordRepeat, recordSlice } from '../../gpu/kernels/copy/copy.ts';
import { recordMix } from '../../gpu/kernels/mix/mix.ts';
import { recordMoments } from '../../gpu/kernels/moments/moments.ts';
import { recordToPictures } from '../../gpu/kernels/pictures/pictures.ts';
import type { RuntimeInfo } from '../../protocol/engine.ts';
import {
  attentionInputs,
  checkAttentionMap,
  checkCombine,
  checkConcat,
  checkMix,
  checkPictures,
  checkRepeat,
  checkSlice,
  checkType,
  checkUpload,
  type CombineTerm,
} from './checks.ts';
import { toAttentionArgs } from './gpu-attention.ts';
import { copyType, floatType, toFloats } from './gpu-values.ts';
import { checkRun, ORT_TYPES, Sessions, toTensorType, type Turn } from './sessions.ts';
import { BYTES_PER_ELEMENT, checkSizes, elementCount } from './shape.ts';
import type { OrtModule } from './ort.ts';
import type { RuntimeTuning } from './runtime-tuning.ts';
import { encodeSmallGraph } from './small-graph.ts';
import type {
  AttentionCall,
  AttentionMapCall,
  Graph,
  Tensor,
  TensorRuntime,
  TensorType,
} from './tensor-runtime.ts';
import { TensorHeap } from './tensor-storage.ts';

/** A buffer of our pool, or one that ONNX Runtime owns and takes back through its tensor. */
type GpuData = { readonly buffer: GPUBuffer; readonly ort: OrtTensor | null };

const PROBE_GRAPH = encodeSmallGraph({
  inputs: { x: [1] },
  outputs: { y: [1] },
  nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
});

/**
 * ONNX Runtime's native WebGPU provider and our kernels on one device and one queue; nothing is copied to the processor
 * inside a step. The device is ours: it is passed to every session as the provider's `device` option, which works in
 * 1.30 where setting `env.webgpu.device` does not, and lets a lost device be replaced in the same thread.
 */
export class WebGpuRuntime implements TensorRuntime {
  readonly kind = 'webgpu';
  readonly info: RuntimeInfo;
  readonly #sessions: Sessions;
  readonly #context: GpuContext;
  readonly #heap = new TensorHeap<GpuData>();
  /** When the device goes away: a run that waits for a lost device would never end. */
  readonly #loss = new Interruption();
  /** Outputs whose last owner is gone; given back between runs, when no recorded command names them any more. */
  #retired: OrtTensor[] = [];
  readonly #tuner: AttentionTuner | null;
  #failure: unknown = null;

  /** Without `tuning` attention is cut up the same way on every device. */
  constructor(sessions: Sessions, device: GPUDevice, info: RuntimeInfo, tuning?: RuntimeTuning) {
    this.info = info;
    this.#sessions = sessions;
    this.#context = new GpuContext({ device, ownsDevice: true });
    this.#tuner =
      tuning === undefined ? null : new AttentionTuner({ context: this.#context, ...tuning });
    void this.#context.lost.then((error) => this.#loss.interrupt(error));
  }

  /** Owns the device. Proves at once that ONNX Runtime works on it. */
  static async create(
    ort: OrtModule,
    device: GPUDevice,
    info: RuntimeInfo,
    tuning?: RuntimeTuning,
    turn?: Turn,
  ): Promise<WebGpuRuntime> {
    const options = {
      executionProviders: [{ name: 'webgpu', device }],
      preferredOutputLocation: 'gpu-buffer',
    } as const;
    const sessions = new Sessions(ort, options, turn);
    const runtime = new WebGpuRuntime(sessions, device, info, tuning);
    try {
      (await runtime.load(PROBE_GRAPH, {})).dispose();
      return runtime;
    } catch (error) {
      runtime.dispose();
      throw error;
    }
  }

  /** The device of all its buffers, for whoever shares them or watches it. */
  get device(): GPUDevice {
    return this.#context.device;
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
    const { tensor, buffer } = this.#create(shape, type, 'upload');
    this.#context.write(buffer, data);
    return tensor;
  }

  async download(tensor: Tensor): Promise<Float32Array> {
    const { data, shape, type } = this.#heap.own(tensor);
    const bytes = elementCount(shape) * BYTES_PER_ELEMENT[type];
    const values = await this.#heap.hold(
      [tensor],
      async () => await this.#read(data.buffer, bytes),
    );
    return toFloats(values, type);
  }

  async load(graph: Uint8Array, pins: Readonly<Record<string, number>>): Promise<Graph> {
    return await this.#loss.race(this.#sessions.create(graph, pins));
  }

  async run(
    graph: Graph,
    inputs: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>> {
    const checked = checkRun(graph, inputs);
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      const { data, shape, type } = this.#heap.own(tensor);
      feeds[name] = this.#sessions.ort.Tensor.fromGpuBuffer(data.buffer, {
        dataType: ORT_TYPES[type],
        dims: shape,
      });
    }
    const running = this.#heap.hold(
      Object.values(inputs),
      async () => await this.#sessions.run(checked, feeds, () => this.#handOver()),
    );
    const results = await this.#loss.race(running);
    const outputs: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(results)) {
      outputs[name] = this.#adopt(result as OrtTensor);
    }
    return outputs;
  }

  async attention(call: AttentionCall): Promise<Tensor> {
    const args = toAttentionArgs(call, (tensor) => this.#buffer(tensor));
    await this.#tune(args, attentionInputs(call));
    const { tensor, buffer } = this.#create(call.q.shape, args.elem, 'attention');
    const tilingOf = this.#tuner?.tilingOf;
    recordAttention(this.#context, {
      ...args,
      output: buffer,
      ...(tilingOf === undefined ? {} : { tilingOf }),
    });
    return tensor;
  }

  async attentionMap(call: AttentionMapCall): Promise<Tensor> {
    const sizes = checkAttentionMap(call);
    const elem = floatType(call.q);
    checkType(call.k, elem, 'the keys of a map');
    const [q, k] = [this.#buffer(call.q), this.#buffer(call.k)];
    const shape = [sizes.batch, sizes.queries, sizes.chosen.length];
    const { tensor, buffer } = this.#create(shape, 'f32', 'attention map');
    recordAttentionMap(this.#context, { ...sizes, elem, q, k, output: buffer });
    return tensor;
  }

  async combine(terms: readonly CombineTerm[]): Promise<Tensor> {
    const shape = checkCombine(terms);
    const elem = floatType(must(terms[0], 'term').tensor);
    terms.forEach(({ tensor }) => checkType(tensor, elem, 'a term'));
    const buffers = terms.map(({ tensor, scale }) => ({ buffer: this.#buffer(tensor), scale }));
    const { tensor, buffer } = this.#create(shape, elem, 'combine');
    const entries = shape[0] ?? 1;
    recordCombine(this.#context, {
      elem,
      terms: buffers,
      entries,
      perEntry: elementCount(shape) / entries,
      output: buffer,
    });
    return tensor;
  }

  reshape(tensor: Tensor, shape: readonly number[]): Tensor {
    checkSizes(shape);
    return this.#heap.share(tensor, shape);
  }

  async concat(parts: readonly Tensor[], axis: number): Promise<Tensor> {
    const shape = checkConcat(parts, axis);
    const { type } = must(parts[0], 'part');
    const inputs = parts.map((part) => ({ buffer: this.#buffer(part), shape: part.shape }));
    const { tensor, buffer } = this.#create(shape, type, 'concat');
    recordConcat(this.#context, { elem: copyType(type), parts: inputs, axis, output: buffer });
    return tensor;
  }

  async slice(tensor: Tensor, axis: number, from: number, to: number): Promise<Tensor> {
    const shape = checkSlice(tensor, axis, from, to);
    const input = { buffer: this.#buffer(tensor), shape: tensor.shape };
    const made = this.#create(shape, tensor.type, 'slice');
    if (elementCount(shape) > 0) {
      const elem = copyType(tensor.type);
      recordSlice(this.#context, { elem, input, axis, from, to, output: made.buffer });
    }
    return made.tensor;
  }

  async repeat(tensor: Tensor, times: number): Promise<Tensor> {
    const shape = checkRepeat(tensor, times);
    const input = this.#buffer(tensor);
    const made = this.#create(shape, tensor.type, 'repeat');
    const count = elementCount(tensor.shape);
    const elem = copyType(tensor.type);
    recordRepeat(this.#context, { elem, input, count, times, output: made.buffer });
    return made.tensor;
  }

  async mix(a: Tensor, b: Tensor, mask: Tensor): Promise<Tensor> {
    checkMix(a, b, mask);
    const elem = floatType(a);
    [b, mask].forEach((tensor) => checkType(tensor, elem, 'a mixed tensor'));
    const [entries = 0, channels = 0, height = 0, width = 0] = a.shape;
    const [from, to, weights] = [this.#buffer(a), this.#buffer(b), this.#buffer(mask)];
    const { tensor, buffer } = this.#create(a.shape, elem, 'mix');
    const area = height * width;
    recordMix(this.#context, {
      elem,
      a: from,
      b: to,
      mask: weights,
      output: buffer,
      entries,
      channels,
      area,
    });
    return tensor;
  }

  async moments(tensor: Tensor): Promise<{ readonly mean: number; readonly std: number }[]> {
    const elem = floatType(tensor);
    const input = this.#buffer(tensor);
    const entries = tensor.shape[0] ?? 1;
    const output = this.#context.createBuffer(entries * 8, 'moments');
    try {
      const perEntry = elementCount(tensor.shape) / entries;
      recordMoments(this.#context, { elem, input, entries, perEntry, output });
      const values = new Float32Array(await this.#read(output, entries * 8));
      return Array.from({ length: entries }, (_, i) => ({
        mean: must(values[2 * i], 'mean'),
        std: must(values[2 * i + 1], 'deviation'),
      }));
    } finally {
      this.#context.release(output);
    }
  }

  async toPictures(
    images: Tensor,
    range: readonly [number, number],
  ): Promise<Uint8ClampedArray<ArrayBuffer>[]> {
    const { count, height, width } = checkPictures(images);
    const elem = floatType(images);
    const planes = this.#buffer(images);
    const area = height * width;
    const bytes = area * 4;
    const pixels = this.#context.createBuffer(count * bytes, 'pictures');
    try {
      recordToPictures(this.#context, { elem, planes, pixels, entries: count, area, range });
      const all = await this.#read(pixels, count * bytes);
      return Array.from(
        { length: count },
        (_, i) => new Uint8ClampedArray(all.slice(i * bytes, (i + 1) * bytes)),
      );
    } finally {
      this.#context.release(pixels);
    }
  }

  dispose(): void {
    this.#heap.close();
    // Runs that were asked for end first; then outputs, sessions, and with the context the device.
    this.#sessions.queue.background(() => this.#giveBack());
    // A run on a lost device never ends, so nothing behind it does.
    const closed = Promise.race([this.#sessions.close(), this.#context.lost]);
    void closed.then(() => this.#context.dispose());
  }

  /** In front of a run: everything recorded goes to the queue first, and idle outputs go back for reuse. */
  #handOver(): void {
    this.#throwFailure();
    this.#context.flush();
    this.#giveBack();
  }

  async #read(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const values = await this.#context.read(buffer, bytes);
    this.#throwFailure();
    return values;
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) {
      throw failure;
    }
  }

  /** Measures what is not known of this call's shapes; nothing else runs on the device meanwhile. */
  async #tune(
    args: Omit<AttentionArgs, 'output' | 'tilingOf'>,
    inputs: readonly Tensor[],
  ): Promise<void> {
    const tuner = this.#tuner;
    if (tuner === null) {
      return;
    }
    const works = attentionWorks(args);
    if (!tuner.knows(works)) {
      const learning = this.#heap.hold(
        inputs,
        async () => await this.#sessions.queue.add(async () => await tuner.learn(works)),
      );
      await this.#loss.race(learning);
    }
  }

  #retire(tensor: OrtTensor): void {
    this.#retired.push(tensor);
    if (this.#retired.length === 1) {
      this.#sessions.queue.background(() => {
        if (this.#retired.length === 0) {
          return;
        }
        try {
          this.#context.flush();
        } catch (error) {
          // Nobody waits for this task: the next run or download reports it.
          this.#failure ??= error;
        }
        this.#giveBack();
      });
    }
  }

  #giveBack(): void {
    const retired = this.#retired;
    this.#retired = [];
    retired.forEach((tensor) => tensor.dispose());
  }

  #buffer(tensor: Tensor): GPUBuffer {
    return this.#heap.own(tensor).data.buffer;
  }

  #create(
    shape: readonly number[],
    type: TensorType,
    label: string,
  ): { readonly tensor: Tensor; readonly buffer: GPUBuffer } {
    const bytes = elementCount(shape) * BYTES_PER_ELEMENT[type];
    const buffer = this.#context.createBuffer(bytes, label);
    const tensor = this.#heap.create({ buffer, ort: null }, shape, type, bytes, () =>
      this.#context.release(buffer),
    );
    return { tensor, buffer };
  }

  #adopt(result: OrtTensor): Tensor {
    assert(result.location === 'gpu-buffer', 'an output of a graph is empty');
    const type = toTensorType(result.type);
    const bytes = elementCount(result.dims) * BYTES_PER_ELEMENT[type];
    const data = { buffer: result.gpuBuffer as GPUBuffer, ort: result };
    return this.#heap.create(data, result.dims, type, bytes, () => this.#retire(result));
  }
}
