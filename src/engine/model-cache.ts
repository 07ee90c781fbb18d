import type { Size } from '../base/units.ts';
import { DiffusionModel } from './model.ts';
import { openPackage, type ModelPackage } from './package.ts';
import type { PackageSource } from './package-source.ts';
import type { TensorRuntime } from './runtime/tensor-runtime.ts';
import type { StageClock } from './stage-clock.ts';

/** The one loaded model of an engine: kept between jobs of the same package and size, replaced otherwise. */
export class ModelCache {
  readonly #runtime: TensorRuntime;
  readonly #findSource: (id: string) => PackageSource;
  readonly #clock: StageClock;
  #model: DiffusionModel | null = null;

  constructor(
    runtime: TensorRuntime,
    clock: StageClock,
    findSource: (id: string) => PackageSource,
  ) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#findSource = findSource;
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
    this.dispose();
    const parts = { runtime: this.#runtime, package: modelPackage, size, clock: this.#clock };
    this.#model = await DiffusionModel.load(parts, signal, onBytes);
    return this.#model;
  }

  dispose(): void {
    this.#model?.dispose();
    this.#model = null;
  }
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
