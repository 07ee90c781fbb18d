import { gaussian } from '../../src/base/rng.ts';
import {
  fusedAttentionGraph,
  unfusedAttentionGraph,
} from '../../src/engine/runtime/attention-graphs.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { describeAdapter } from '../../src/engine/runtime/decide-runtime.ts';
import type { Tensor, TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { WebGpuRuntime } from '../../src/engine/runtime/webgpu-runtime.ts';
import { openBlobStore } from '../../src/store/blob-store.ts';
import { createTuningStore } from '../../src/store/tuning-store.ts';
import { attendExactly, largestDifference } from './runtime-oracle.ts';

type Shape = {
  readonly name: string;
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  readonly headDim: number;
};

/** SD 1.5 at 256 px: tokens and head size per level. */
const LEVELS = [
  { tokens: 16, headDim: 160 },
  { tokens: 64, headDim: 160 },
  { tokens: 256, headDim: 80 },
  { tokens: 1024, headDim: 40 },
] as const;
const HEADS = 8;
const ANCHORS = 4;

/** Frames against the keys of four anchors, and a long one: 1,024 queries, 4,096 keys, the head size of most models. */
export const BENCH_SHAPES: readonly Shape[] = [
  ...[1, 4].flatMap((batch) =>
    LEVELS.map(({ tokens, headDim }) => ({
      name: `${batch} x ${tokens} q, ${tokens * ANCHORS} k, ${HEADS} x ${headDim}`,
      batch,
      queries: tokens,
      keys: tokens * ANCHORS,
      heads: HEADS,
      headDim,
    })),
  ),
  {
    name: '1 x 1024 q, 4096 k, 8 x 64',
    batch: 1,
    queries: 1024,
    keys: 4096,
    heads: 8,
    headDim: 64,
  },
];

export type BenchRow = {
  readonly shape: string;
  readonly type: 'f32';
  readonly oursMs: number;
  readonly mhaMs: number;
  readonly unfusedMs: number;
  /** Largest absolute error on sampled rows; values are averages of standard normal ones. */
  readonly oursErr: number;
  readonly mhaErr: number;
  readonly unfusedErr: number;
  /** Most GPU memory taken on top of q, k and v while it ran, results included. */
  readonly oursBytes: number;
  readonly mhaBytes: number;
  readonly unfusedBytes: number;
};

type Way = 'ours' | 'mha' | 'unfused';
type Measured = { readonly ms: number; readonly error: number; readonly bytes: number };
type Inputs = {
  readonly arrays: Readonly<Record<'q' | 'k' | 'v', Float32Array>>;
  readonly tensors: Readonly<Record<'q' | 'k' | 'v', Tensor>>;
};
type Attend = (q: Tensor) => Promise<Tensor>;

const TARGET_MS = 400;
const MOST_RUNS = 20;
/** Compiling no longer counts then, and a second run would only cost time. */
const LONG_MS = 4000;
/** Of the run that compiles the pipelines of a large shape; its buffers are too small to matter. */
const WARM_ROWS = 64;
const SAMPLED_ROWS = 24;

function makeInputs(runtime: TensorRuntime, shape: Shape): Inputs {
  const { batch, queries, keys, heads, headDim } = shape;
  const channels = heads * headDim;
  const arrays = {
    q: gaussian(1, [0, 0, 0], batch * queries * channels),
    k: gaussian(1, [1, 0, 0], keys * channels),
    v: gaussian(1, [2, 0, 0], keys * channels),
  };
  return {
    arrays,
    tensors: {
      q: runtime.upload(arrays.q, [batch, queries, channels], 'f32'),
      k: runtime.upload(arrays.k, [1, keys, channels], 'f32'),
      v: runtime.upload(arrays.v, [1, keys, channels], 'f32'),
    },
  };
}

/** The graphs see the frames as one long query axis, as ours does: nobody has to copy keys per frame. */
async function prepare(
  runtime: TensorRuntime,
  shape: Shape,
  way: Way,
  { tensors }: Inputs,
): Promise<Attend> {
  const { heads, headDim } = shape;
  const { k, v } = tensors;
  if (way === 'ours') {
    const paths = [{ scale: 1, banks: [{ k, v }] }];
    return async (q) => await runtime.attention({ q, heads, headDim, paths });
  }
  const model =
    way === 'mha'
      ? fusedAttentionGraph({ heads, isBiased: false })
      : unfusedAttentionGraph(heads, headDim);
  const graph = await runtime.load(model, {});
  return async (q) => {
    const rows = runtime.reshape(q, [1, rowsOf(q), heads * headDim]);
    const { out } = await runtime.run(graph, { q: rows, k, v });
    rows.dispose();
    if (out === undefined) {
      throw new Error('the graph has no output');
    }
    return out;
  };
}

function rowsOf(q: Tensor): number {
  return (q.shape[0] ?? 0) * (q.shape[1] ?? 0);
}

/** Waits for the device: one value is fetched after everything before it is done. */
async function finish(runtime: TensorRuntime, result: Tensor): Promise<void> {
  const values = result.shape.reduce((product, size) => product * size, 1);
  const flat = runtime.reshape(result, [values]);
  const first = await runtime.slice(flat, 0, 0, 1);
  await runtime.download(first);
  first.dispose();
  flat.dispose();
}

/** Median of several runs; one that was long already counts alone. */
async function timeRuns(
  runtime: TensorRuntime,
  attend: Attend,
  q: Tensor,
  firstMs: number,
): Promise<number> {
  const times = firstMs > LONG_MS ? [firstMs] : [];
  let total = 0;
  while (
    times.length === 0 ||
    (firstMs <= LONG_MS && total < TARGET_MS && times.length < MOST_RUNS)
  ) {
    const begun = performance.now();
    const result = await attend(q);
    await finish(runtime, result);
    result.dispose();
    times.push(performance.now() - begun);
    total += times.at(-1) ?? 0;
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? NaN;
}

function deviceOf(rt: TensorRuntime): GPUDevice {
  if (!(rt instanceof WebGpuRuntime)) {
    throw new Error('only the WebGPU runtime has a device');
  }
  return rt.device;
}

/** Highest growth of live buffer bytes on the device since the call, whoever creates them. */
function watchBuffers(device: GPUDevice): { readonly peak: number; stop(): void } {
  let live = 0;
  let peak = 0;
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    live += buffer.size;
    peak = Math.max(peak, live);
    buffer.destroy = () => {
      live -= buffer.size;
      buffer.destroy = destroy;
      destroy();
    };
    return buffer;
  };
  return {
    get peak() {
      return peak;
    },
    stop: () => {
      device.createBuffer = create;
    },
  };
}

async function measure(shape: Shape, way: Way): Promise<Measured> {
  const runtime = await createRuntime('webgpu', async () =>
    createTuningStore(await openBlobStore()),
  );
  try {
    const inputs = makeInputs(runtime, shape);
    const { q } = inputs.tensors;
    const attend = await prepare(runtime, shape, way, inputs);
    if (shape.queries > 4 * WARM_ROWS) {
      const few = await runtime.slice(q, 1, 0, WARM_ROWS);
      const warm = await attend(few);
      await finish(runtime, warm);
      [few, warm].forEach((tensor) => tensor.dispose());
    }
    if (way === 'ours' && !describeAdapter(deviceOf(runtime).adapterInfo).isSoftware) {
      // A GPU is tuned to a shape when it first comes by, which is neither its time nor its memory.
      const tuned = await attend(q);
      await finish(runtime, tuned);
      tuned.dispose();
    }
    const watch = watchBuffers(deviceOf(runtime));
    const begun = performance.now();
    const result = await attend(q);
    // Everything a run needs is taken when the call returns.
    const bytes = watch.peak;
    watch.stop();
    await finish(runtime, result);
    const firstMs = performance.now() - begun;
    const values = await runtime.download(result);
    result.dispose();
    const error = sampledError(shape, inputs, values);
    return { ms: await timeRuns(runtime, attend, q, firstMs), error, bytes };
  } finally {
    runtime.dispose();
  }
}

function sampledError(shape: Shape, { arrays }: Inputs, values: Float32Array): number {
  const { batch, queries, keys, heads, headDim } = shape;
  const total = batch * queries;
  const channels = heads * headDim;
  const rows = Array.from({ length: Math.min(SAMPLED_ROWS, total) }, (_, i) =>
    Math.floor((i * (total - 1)) / Math.max(1, Math.min(SAMPLED_ROWS, total) - 1)),
  );
  const banks = [{ k: arrays.k, v: arrays.v, entries: 1, keys }];
  const exact = attendExactly(
    { q: arrays.q, batch, queries, heads, headDim, paths: [{ scale: 1, banks }] },
    rows,
  );
  const got = rows.flatMap((row) => [...values.subarray(row * channels, (row + 1) * channels)]);
  return largestDifference(got, exact);
}

/**
 * Our kernel, com.microsoft MultiHeadAttention, and MatMul + Softmax + MatMul on the WebGPU provider: same adapter,
 * same inputs, each in a runtime of its own so that no way profits from another's buffers.
 */
export async function attentionBench(
  names?: readonly string[],
): Promise<{ adapter: string; rows: BenchRow[] }> {
  const rows: BenchRow[] = [];
  for (const shape of BENCH_SHAPES) {
    if (names !== undefined && !names.includes(shape.name)) {
      continue;
    }
    const ours = await measure(shape, 'ours');
    const mha = await measure(shape, 'mha');
    const unfused = await measure(shape, 'unfused');
    rows.push({
      shape: shape.name,
      type: 'f32',
      oursMs: ours.ms,
      mhaMs: mha.ms,
      unfusedMs: unfused.ms,
      oursErr: ours.error,
      mhaErr: mha.error,
      unfusedErr: unfused.error,
      oursBytes: ours.bytes,
      mhaBytes: mha.bytes,
      unfusedBytes: unfused.bytes,
    });
  }
  const runtime = await createRuntime('webgpu');
  const adapter = runtime.info.device;
  runtime.dispose();
  return { adapter, rows };
}
