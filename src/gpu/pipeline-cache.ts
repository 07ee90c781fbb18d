import { AppError } from '../base/error.ts';
import {
  shaderText,
  variantLabel,
  type BindingKind,
  type Constants,
  type Elem,
  type Kernel,
} from './kernel.ts';

export type Pipeline = {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
};

const BUFFER_TYPES: Readonly<Record<BindingKind, GPUBufferBindingType>> = {
  uniform: 'uniform',
  read: 'read-only-storage',
  write: 'storage',
};

/**
 * Pipelines by kernel, element type and override constants. A failed compilation is forgotten, so that the next use
 * tries again, and is told to `onFailure` with the compiler's messages.
 */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #onFailure: (error: AppError) => void;
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #pending = new Set<Promise<void>>();

  constructor(device: GPUDevice, onFailure: (error: AppError) => void) {
    this.#device = device;
    this.#onFailure = onFailure;
  }

  /** At once; whether it compiled is known after `settled`. */
  get(kernel: Kernel, elem: Elem, constants: Constants): Pipeline {
    const label = variantLabel(kernel, elem, constants);
    const known = this.#pipelines.get(label);
    if (known !== undefined) {
      return known;
    }
    const device = this.#device;
    device.pushErrorScope('validation');
    const layout = device.createBindGroupLayout({
      label,
      entries: kernel.bindings.map((kind, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: BUFFER_TYPES[kind] },
      })),
    });
    const module = device.createShaderModule({ label, code: shaderText(kernel, elem) });
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main', constants: { ...constants } },
    });
    const made: Pipeline = { label, pipeline, layout };
    this.#pipelines.set(label, made);
    const check = device.popErrorScope().then(
      async (error) => {
        if (error !== null) {
          this.#pipelines.delete(label);
          const info = await module.getCompilationInfo();
          const lines = info.messages.map(
            (m) => `${m.type} at line ${m.lineNum - 2}: ${m.message}`,
          );
          const detail = `Kernel ${label}: ${[error.message, ...lines].join('\n')}`;
          this.#onFailure(new AppError('gpu/validation', detail));
        }
      },
      () => {
        this.#pipelines.delete(label); // The device is gone; its loss is reported by the context.
      },
    );
    this.#pending.add(check);
    void check.finally(() => this.#pending.delete(check));
    return made;
  }

  /** Resolves when all compilations begun so far are known to have worked or been told to `onFailure`. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  get size(): number {
    return this.#pipelines.size;
  }

  clear(): void {
    this.#pipelines.clear();
  }
}
