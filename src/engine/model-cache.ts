import type { Size } from '../base/units.ts';
import { DiffusionModel } from './model.ts';
import { openPackage, type ModelPackage } from './package.ts';
import type { PackageSource } from './package-source.ts';
import type { PromptReaders } from './prompt-readers.ts';
import type { TensorRuntime } from './runtime/tensor-runtime.ts';
import type { StageClock } from './stage-clock.ts';

/** The one loaded model of an engine: kept between jobs of the same package and size, replaced otherwise. */
export class ModelCache {
  readonly #runtime: TensorRuntime;
  readonly #findSource: (id: string) => PackageSource;
  readonly #clock: StageClock;
  readonly #readers: Pick<PromptReaders, 'release'> | null;
  #model: DiffusionModel | null = null;

  /** `readers`: whoever else has graphs of packages loaded in this runtime. */
  constructor(
    runtime: TensorRuntime,
    clock: StageClock,
    findSource: (id: string) => PackageSource,
    readers: Pick<PromptReaders, 'release'> | null = null,
  ) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#findSource = findSource;
    this.#readers = readers;
  }

  /** Reads the manifest anew each time: it is small, and a package may have been replaced. */
  async openPackage(id: string, signal: AbortSignal): Promise<ModelPackage> {
    return await openPackage(this.#findSource(id), signal);
  }

  /** The model stays the cache's. `onBytes` is called only where something is loaded. */
  async load(
    modelPackage: ModelPackage,
    size: Size,
    signal: AbortSignal,
    onBytes: (done: number, total: number) => void,
  ): Promise<DiffusionModel> {
    const known = this.#model;
    if (known !== null && known.packageHash === modelPackage.hash && isSame(known.size, size)) {
      return known;
    }
    await this.unload();
    const parts = { runtime: this.#runtime, package: modelPackage, size, clock: this.#clock };
    this.#model = await DiffusionModel.load(parts, signal, onBytes);
    return this.#model;
  }

  /**
   * Gives the model up while the runtime lives on. ONNX Runtime's WebGPU provider keeps the weights of released sessions as long
   * as any session lives, so readers of prompts go as well; they load again when they are asked.
   */
  async unload(): Promise<void> {
    if (this.#model !== null) {
      await this.#readers?.release();
    }
    this.dispose();
  }

  dispose(): void {
    this.#model?.dispose();
    this.#model = null;
  }
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
