import { checkAborted } from '../base/abort.ts';
import { DisposalScope, type Disposable } from '../base/disposal.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';
import { openPackage, type ModelPackage } from './package.ts';
import type { PackageSource } from './package-source.ts';
import { TaskQueue } from '../base/task-queue.ts';
import type { TensorRuntime } from './runtime/tensor-runtime.ts';
import { TextModel } from './text-model.ts';

type Loaded = { readonly hash: string; readonly model: TextModel; readonly scope: DisposalScope };

/**
 * Reads prompts while they are typed. It has a text encoder of its own (some 13 MB in the starter), so that it neither waits for a
 * job nor loads a whole model: a reading then takes one run of the encoder.
 */
export class PromptReaders implements Disposable {
  readonly #runtime: TensorRuntime;
  readonly #findSource: (id: string) => PackageSource;
  readonly #queue = new TaskQueue();
  readonly #closing = new AbortController();
  #loaded: Loaded | null = null;

  constructor(runtime: TensorRuntime, findSource: (id: string) => PackageSource) {
    this.#runtime = runtime;
    this.#findSource = findSource;
  }

  /** What a prompt asks of a package; null where the package has no reader. `model/…` where it can't be loaded. */
  async read(id: string, prompt: string): Promise<PromptReading | null> {
    return await this.#queue.add(async () => {
      const opened = await openPackage(this.#findSource(id), this.#closing.signal);
      if (opened.manifest.promptReader === undefined) {
        return null;
      }
      try {
        return await this.#readWith(await this.#load(opened), prompt);
      } catch (error) {
        // A graph whose run failed refuses every later one.
        this.#forget();
        throw error;
      }
    });
  }

  /** Gives up what is loaded, once the readings asked for have ended; the next one loads it again. */
  async release(): Promise<void> {
    await this.#queue.add(() => this.#forget());
  }

  /** To be called before the runtime goes, which closes what is still being loaded: that reading fails. */
  dispose(): void {
    this.#closing.abort();
    this.#forget();
  }

  async #readWith(model: TextModel, prompt: string): Promise<PromptReading | null> {
    const encoded = await model.encode([prompt]);
    try {
      return await model.read(prompt, encoded, 0);
    } finally {
      encoded.context.dispose();
    }
  }

  async #load(opened: ModelPackage): Promise<TextModel> {
    if (this.#loaded?.hash === opened.hash) {
      return this.#loaded.model;
    }
    this.#forget();
    const { manifest, hash } = opened;
    const { signal } = this.#closing;
    const scope = new DisposalScope();
    const read = (path: string) => opened.readFile(path, signal);
    const pins = { batch: 1, textTokens: manifest.text.maxTokens };
    const load = async (path: string) => {
      const bytes = await read(path);
      checkAborted(signal);
      return scope.own(await this.#runtime.load(bytes, pins));
    };
    try {
      const model = await TextModel.load({ manifest, runtime: this.#runtime, read, load });
      checkAborted(signal);
      this.#loaded = { hash, model, scope };
      return model;
    } catch (error) {
      if (!signal.aborted) {
        scope.dispose();
      }
      throw error;
    }
  }

  #forget(): void {
    this.#loaded?.scope.dispose();
    this.#loaded = null;
  }
}
