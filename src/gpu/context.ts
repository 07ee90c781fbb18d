import { assert, must } from '../base/assert.ts';
import type { Disposable } from '../base/disposal.ts';
import { AppError, isCancelled } from '../base/error.ts';
import { BufferPool } from './buffer-pool.ts';
import { DEFAULT_LIMITS, type Constants, type Elem, type Kernel } from './kernel.ts';
import { ParameterSpace } from './parameter-space.ts';
import { PipelineCache, type Pipeline } from './pipeline-cache.ts';
import { WorkMeter } from './work-meter.ts';

export type GpuContextOptions = {
  readonly device: GPUDevice;
  /** True: `dispose` destroys the device too. */
  readonly ownsDevice: boolean;
  /** Most bytes of buffers in use at one time. */
  readonly capBytes?: number;
  /** Most bytes kept idle for reuse. */
  readonly idleBytes?: number;
};

/** A buffer of the caller's, or a few kilobytes of data that live as long as the dispatch (not for `write`). */
export type Binding = GPUBuffer | { readonly data: ArrayBufferView };

export type Dispatch = {
  readonly kernel: Kernel;
  readonly elem: Elem;
  readonly constants?: Constants;
  readonly bindings: readonly Binding[];
  readonly workgroups: readonly [number, number, number];
  /** Estimated floating-point operations; keeps submits short. */
  readonly cost: number;
};

const STORAGE_USAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST
const STAGING_USAGE = 0x01 | 0x08; // MAP_READ | COPY_DST

/**
 * All work of our kernels on one device: buffers, pipelines, and one command encoder that gathers dispatches until
 * `flush`. It is given a device and never looks for one. Commands run in the order they are recorded here; whoever
 * shares the device's queue (ONNX Runtime) flushes first.
 *
 * Failures: `guard` reports validation and memory errors of a phase; what nobody guards is kept and thrown by the next
 * `guard`, `read` or `flush`; after a loss every call throws `gpu/device-lost`.
 */
export class GpuContext implements Disposable {
  readonly device: GPUDevice;
  /** Resolves if the device goes away before `dispose`; never rejects. */
  readonly lost: Promise<AppError>;
  readonly #ownsDevice: boolean;
  readonly #pool: BufferPool;
  readonly #pipelines: PipelineCache;
  readonly #parameters: ParameterSpace;
  readonly #meter: WorkMeter;
  readonly #onUncaptured: (event: GPUUncapturedErrorEvent) => void;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #placeholder: { read: GPUBuffer; write: GPUBuffer } | null = null;
  #failure: AppError | null = null;
  #loss: AppError | null = null;
  #isDisposed = false;

  constructor(options: GpuContextOptions) {
    const { device } = options;
    this.device = device;
    this.#ownsDevice = options.ownsDevice;
    this.#pool = new BufferPool(device, {
      capBytes: options.capBytes ?? Number.POSITIVE_INFINITY,
      idleBytes: options.idleBytes ?? 256 * 2 ** 20,
      beforeDestroy: () => this.#submit(),
    });
    this.#pipelines = new PipelineCache(device, (error) => this.#fail(error));
    this.#parameters = new ParameterSpace(device);
    this.#meter = new WorkMeter(device);
    this.lost = new Promise((resolve) => {
      void device.lost.then((info) => {
        if (!this.#isDisposed) {
          this.#loss = new AppError('gpu/device-lost', info.message);
          resolve(this.#loss);
        }
      });
    });
    this.#onUncaptured = (event): void => {
      event.preventDefault();
      this.#fail(appErrorOf(event.error, 'outside of a guarded phase'));
    };
    device.addEventListener('uncapturederror', this.#onUncaptured);
  }

  get bytes(): { readonly live: number; readonly peak: number; readonly idle: number } {
    return this.#pool.bytes;
  }

  resetPeak(): void {
    this.#pool.resetPeak();
  }

  /** A storage buffer of at least this size, contents unspecified; the caller gives it back with `release`. */
  createBuffer(bytes: number, label: string): GPUBuffer {
    this.#throwIfGone();
    return this.#pool.take(bytes, STORAGE_USAGE, label);
  }

  /** Recorded work may still use the buffer: commands run in order. */
  release(buffer: GPUBuffer): void {
    this.#pool.give(buffer);
  }

  /** Destroys idle buffers. */
  trim(): void {
    this.#pool.trim();
  }

  /** For bindings that a variant does not look at; `write` is never the same buffer as `read`. */
  get placeholder(): { readonly read: GPUBuffer; readonly write: GPUBuffer } {
    this.#placeholder ??= {
      read: this.#pool.take(256, STORAGE_USAGE, 'placeholder read'),
      write: this.#pool.take(256, STORAGE_USAGE, 'placeholder write'),
    };
    return this.#placeholder;
  }

  /** Operations that one submit should not exceed (about 250 ms of this device): kernels split longer work. */
  get costPerSubmit(): number {
    return this.#meter.budget;
  }

  dispatch(call: Dispatch): void {
    this.#throwIfGone();
    const { kernel, elem, constants = {}, bindings, workgroups } = call;
    const made = this.#pipelines.get(kernel, elem, constants);
    assert(
      bindings.length === kernel.bindings.length,
      `${made.label}: ${bindings.length} bindings given`,
    );
    for (const count of workgroups) {
      const most = DEFAULT_LIMITS.workgroupsPerDimension;
      assert(
        count > 0 && count <= most,
        `${made.label}: ${count} workgroups in one dimension, 1 to ${most} allowed`,
      );
    }
    if (!this.#parameters.hasRoom(bindings) || this.#meter.wouldExceed(call.cost)) {
      this.#submit();
    }
    const group = this.#bind(made, bindings);
    this.#pass ??= this.#commands().beginComputePass({ label: 'kernels' });
    this.#pass.setPipeline(made.pipeline);
    this.#pass.setBindGroup(0, group);
    this.#pass.dispatchWorkgroups(...workgroups);
    this.#meter.add(call.cost);
  }

  /** Offsets and size in bytes, multiples of 4. */
  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.#throwIfGone();
    this.#endPass();
    this.#commands().copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }

  /** Zeros the first `bytes` (rounded up to 4) of a buffer. */
  clear(buffer: GPUBuffer, bytes: number): void {
    this.#throwIfGone();
    this.#endPass();
    this.#commands().clearBuffer(buffer, 0, Math.min(buffer.size, Math.ceil(bytes / 4) * 4));
  }

  /** Puts data into a buffer, after all that is recorded so far. */
  write(buffer: GPUBuffer, data: ArrayBufferView, offset = 0): void {
    this.flush();
    const whole = data.byteLength & ~3;
    const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    this.device.queue.writeBuffer(buffer, offset, bytes, 0, whole);
    if (whole < data.byteLength) {
      const rest = new Uint8Array(4);
      rest.set(bytes.subarray(whole));
      this.device.queue.writeBuffer(buffer, offset + whole, rest);
    }
  }

  /** Submits what is recorded. */
  flush(): void {
    this.#throwIfFailed();
    this.#submit();
  }

  /** Downloads `bytes` from the start of a buffer (or from `offset`, a multiple of 4), after all recorded work. */
  async read(buffer: GPUBuffer, bytes: number, offset = 0): Promise<ArrayBuffer> {
    this.#throwIfFailed();
    const size = Math.ceil(bytes / 4) * 4;
    const staging = this.#pool.take(size, STAGING_USAGE, 'download');
    this.copy(buffer, offset, staging, 0, size);
    this.#submit();
    try {
      await staging.mapAsync(0x01, 0, size);
    } catch (cause) {
      this.#pool.discard(staging);
      await this.#pipelines.settled();
      this.#throwIfFailed();
      throw new AppError('gpu/validation', `A download failed: ${String(cause)}`, { cause });
    }
    const data = staging.getMappedRange(0, size).slice(0, bytes);
    staging.unmap();
    this.#pool.give(staging);
    await this.#pipelines.settled();
    this.#throwIfFailed();
    return data;
  }

  /**
   * Runs one phase of a job inside validation and out-of-memory scopes, other users of the device included, and
   * throws what they caught. Phases must not overlap: the device has one stack of scopes.
   */
  async guard<T>(phase: string, run: () => T | Promise<T>): Promise<T> {
    this.#throwIfFailed();
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    let outcome: { value: T } | { thrown: unknown };
    try {
      outcome = { value: await run() };
      this.#submit();
    } catch (thrown) {
      outcome = { thrown };
    }
    const scopes = [this.device.popErrorScope(), this.device.popErrorScope()];
    const [validation, memory] = await Promise.all(scopes.map((scope) => scope.catch(() => null)));
    await this.#pipelines.settled();
    if ('thrown' in outcome && isCancelled(outcome.thrown)) {
      throw outcome.thrown;
    }
    this.#throwIfGone();
    const caught = memory ?? validation;
    if (caught !== null && caught !== undefined) {
      this.#failure = null;
      throw appErrorOf(caught, phase, 'thrown' in outcome ? outcome.thrown : undefined);
    }
    this.#throwIfFailed();
    if ('thrown' in outcome) {
      throw outcome.thrown;
    }
    return outcome.value;
  }

  dispose(): void {
    if (this.#isDisposed) {
      return;
    }
    this.#endPass();
    this.#encoder = null;
    this.#isDisposed = true;
    this.device.removeEventListener('uncapturederror', this.#onUncaptured);
    this.#pipelines.clear();
    this.#parameters.dispose();
    this.#pool.dispose();
    if (this.#ownsDevice) {
      this.device.destroy();
    }
  }

  #bind(made: Pipeline, bindings: readonly Binding[]): GPUBindGroup {
    const limit = this.device.limits.maxStorageBufferBindingSize;
    const entries = bindings.map((value, binding): GPUBindGroupEntry => {
      if ('data' in value) {
        return { binding, resource: this.#parameters.place(value.data) };
      }
      if (value.size > limit) {
        const detail = `${made.label} binds ${value.label} of ${value.size} bytes, ${limit} are allowed.`;
        throw new AppError('gpu/out-of-memory', detail);
      }
      return { binding, resource: { buffer: value } };
    });
    return this.device.createBindGroup({ label: made.label, layout: made.layout, entries });
  }

  #commands(): GPUCommandEncoder {
    this.#encoder ??= this.device.createCommandEncoder({ label: 'kernels' });
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }

  #submit(): void {
    if (this.#encoder === null) {
      return;
    }
    this.#endPass();
    const commands = must(this.#encoder, 'encoder').finish();
    this.#encoder = null;
    this.#parameters.upload();
    this.device.queue.submit([commands]);
    this.#meter.submitted();
  }

  #fail(error: AppError): void {
    this.#failure ??= error;
  }

  #throwIfGone(): void {
    assert(!this.#isDisposed, 'the GPU context is disposed');
    if (this.#loss !== null) {
      throw this.#loss;
    }
  }

  #throwIfFailed(): void {
    this.#throwIfGone();
    if (this.#failure !== null) {
      const failure = this.#failure;
      this.#failure = null;
      throw failure;
    }
  }
}

function appErrorOf(error: GPUError, phase: string, cause: unknown = error): AppError {
  const code = error instanceof GPUOutOfMemoryError ? 'gpu/out-of-memory' : 'gpu/validation';
  return new AppError(code, `${phase}: ${error.message}`, { cause });
}
