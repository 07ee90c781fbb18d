import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import { assert } from '../../base/assert.ts';
import { AppError, toAppError } from '../../base/error.ts';
import type { OrtModule } from './ort.ts';
import { formatShape } from './shape.ts';
import { TaskQueue } from '../../base/task-queue.ts';
import type { Graph, Tensor, TensorType } from './tensor-runtime.ts';

const OUT_OF_MEMORY = /bad_alloc|out of memory|OOM|failed to allocate|Cannot enlarge memory/i;

/** ONNX Runtime's scale of log levels; its warnings name nodes it places on the processor, which is its choice. */
const ERRORS_ONLY = 3;

/** ONNX Runtime's failures, sorted into the codes a person can act on. */
function toRunError(error: unknown, what: string): AppError {
  if (error instanceof AppError) {
    return error;
  }
  // The WASM build throws bare numbers (pointers to C++ exceptions) when it runs out of memory.
  const message = error instanceof Error ? error.message : `native exception ${String(error)}`;
  if (OUT_OF_MEMORY.test(message) || typeof error === 'number') {
    const detail = `Try a smaller size, or the model as q8 or q4. ${what}: ${message}`;
    return new AppError('model/too-large-for-runtime', detail, { cause: error });
  }
  return toAppError(new Error(`${what}: ${message}`, { cause: error }), 'engine/run-failed');
}

/** A loaded graph of either runtime. */
export class SessionGraph implements Graph {
  readonly session: InferenceSession;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #release: (graph: SessionGraph) => void;
  #isDisposed = false;
  #isSpent = false;

  constructor(session: InferenceSession, release: (graph: SessionGraph) => void) {
    this.session = session;
    this.inputs = session.inputNames;
    this.outputs = session.outputNames;
    this.#release = release;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get isSpent(): boolean {
    return this.#isSpent;
  }

  /**
   * After a failed run. ONNX Runtime (1.30) keeps the inputs of that run bound and would silently use them again in
   * the next one, whatever is passed.
   */
  spend(): void {
    this.#isSpent = true;
  }

  dispose(): void {
    assert(!this.#isDisposed, 'a graph was disposed twice');
    this.#isDisposed = true;
    this.#release(this);
  }
}

/** Who else wants the cores. */
export type Turn = {
  /** Awaited in front of all that takes every core: resolves when it may begin. */
  wait(): Promise<void>;
  /** Somebody is at work and may want them any moment: no run should last long. */
  readonly isWanted: boolean;
};

const NO_WAITING: Turn = { wait: () => Promise.resolve(), isWanted: false };

/**
 * Creates, runs and releases sessions of one ONNX Runtime, one thing at a time: it can't create or run two at once, and one
 * bad graph must not stop all later ones.
 */
export class Sessions {
  readonly ort: OrtModule;
  readonly queue = new TaskQueue();
  readonly #open = new Set<SessionGraph>();
  readonly #options: InferenceSession.SessionOptions;
  readonly #turn: Turn;

  constructor(ort: OrtModule, options: InferenceSession.SessionOptions, turn: Turn = NO_WAITING) {
    this.ort = ort;
    this.#options = options;
    this.#turn = turn;
  }

  get wantsShortRuns(): boolean {
    return this.#turn.isWanted;
  }

  async create(model: Uint8Array, pins: Readonly<Record<string, number>>): Promise<SessionGraph> {
    return await this.queue.add(async () => {
      await this.#turn.wait();
      try {
        const session = await this.ort.InferenceSession.create(model, {
          ...this.#options,
          freeDimensionOverrides: pins,
          graphOptimizationLevel: 'all',
          logSeverityLevel: ERRORS_ONLY,
        });
        const graph = new SessionGraph(session, (closed) => this.#close(closed));
        this.#open.add(graph);
        return graph;
      } catch (error) {
        throw toRunError(
          error,
          `A graph of ${(model.byteLength / 2 ** 20).toFixed(1)} MB could not be loaded`,
        );
      }
    });
  }

  /** `before` runs when the turn has come, right in front of the session: work that must reach the device first. */
  async run(
    graph: SessionGraph,
    feeds: Readonly<Record<string, OrtTensor>>,
    before?: () => void,
  ): Promise<InferenceSession.OnnxValueMapType> {
    assert(!graph.isDisposed, 'a disposed graph was run');
    return await this.queue.add(async () => {
      if (graph.isSpent) {
        throw new AppError(
          'engine/run-failed',
          'One of its graphs failed before and was not loaded again.',
        );
      }
      await this.#turn.wait();
      before?.();
      try {
        return await graph.session.run(feeds);
      } catch (error) {
        graph.spend();
        throw toRunError(error, 'A graph failed');
      }
    });
  }

  /** Releases every session; resolves when the native memory is back. */
  async close(): Promise<void> {
    for (const graph of this.#open) {
      if (!graph.isDisposed) {
        graph.dispose();
      }
    }
    await this.queue.drained();
  }

  #close(graph: SessionGraph): void {
    this.#open.delete(graph);
    this.queue.background(async () => {
      await graph.session.release();
    });
  }
}

/** How ONNX Runtime calls our element types. */
export const ORT_TYPES = {
  f32: 'float32',
  f16: 'float16',
  i32: 'int32',
  u8: 'uint8',
  rgba8: 'uint8',
} as const satisfies Record<TensorType, OrtTensor.Type>;

/** Our element type for one of ONNX Runtime's. */
export function toTensorType(type: OrtTensor.Type): TensorType {
  const match = (['f32', 'f16', 'i32', 'u8'] as const).find((own) => ORT_TYPES[own] === type);
  if (match === undefined) {
    throw new AppError('model/unsupported', `One of its graphs returns ${type} values.`);
  }
  return match;
}

/** A graph of ours, fed with exactly its inputs, each of the type it was written for. */
export function checkRun(graph: Graph, tensors: Readonly<Record<string, Tensor>>): SessionGraph {
  assert(graph instanceof SessionGraph, 'a graph of another runtime was run');
  const given = Object.keys(tensors);
  const missing = graph.inputs.filter((name) => tensors[name] === undefined);
  const unknown = given.filter((name) => !graph.inputs.includes(name));
  assert(
    missing.length === 0 && unknown.length === 0,
    `the graph takes ${graph.inputs.join(', ')}; missing: ${missing.join(', ') || 'none'}; unknown: ${unknown.join(', ') || 'none'}`,
  );
  const sizes = new Map<string, number>();
  for (const input of graph.session.inputMetadata) {
    const tensor = tensors[input.name];
    if (input.isTensor && tensor !== undefined) {
      assert(
        input.type === ORT_TYPES[tensor.type] && fitsShape(tensor.shape, input.shape, sizes),
        `input ${input.name} is ${input.type} ${formatShape(input.shape)}, not ${ORT_TYPES[tensor.type]} ${formatShape(tensor.shape)}`,
      );
    }
  }
  return graph;
}

/** Whether a shape matches; `sizes` collects what each symbolic dimension stands for, over all inputs of a run. */
function fitsShape(
  shape: readonly number[],
  wanted: readonly (number | string)[],
  sizes: Map<string, number>,
): boolean {
  return (
    shape.length === wanted.length &&
    wanted.every((want, axis) => {
      const size = shape[axis] ?? NaN;
      if (typeof want === 'number') {
        return size === want;
      }
      const known = sizes.get(want) ?? size;
      sizes.set(want, known);
      return size === known;
    })
  );
}
