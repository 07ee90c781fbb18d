import { checkAborted } from '../base/abort.ts';
import { AppError, toAppError } from '../base/error.ts';
import type {
  EditRequest,
  EditSummary,
  EngineService,
  EngineSetup,
  ExportRequest,
  ExportSummary,
  JobEvent,
  MachineFacts,
  RuntimeChoice,
  RuntimeInfo,
} from '../protocol/engine.ts';
import type {
  ImportProgress,
  ImportRequest,
  ImportSummary,
  ModelLibrary,
} from '../protocol/model-library.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';
import { openBlobStore } from '../store/blob-store.ts';
import { createPackageStore, type PackageStore } from '../store/package-store.ts';
import { createTuningStore, type TuningStore } from '../store/tuning-store.ts';
import { openPictureStore, type PictureStore } from '../store/picture-store.ts';
import { runEditJob } from './edit-job.ts';
import { runExportJob, type FrameListener } from './export-job.ts';
import { GiveWay } from './give-way.ts';
import { readMachineMemory } from './machine-memory.ts';
import { ModelCache } from './model-cache.ts';
import { readLibrary } from './model-library.ts';
import { createAppSource, type PackageSource } from './package-source.ts';
import { PromptReaders } from './prompt-readers.ts';
import { createRuntime } from './runtime/choose-runtime.ts';
import { inspectMachine } from './runtime/decide-runtime.ts';
import { countThreads } from './runtime/ort.ts';
import { memoise, TaskQueue } from '../base/task-queue.ts';
import type { TensorRuntime } from './runtime/tensor-runtime.ts';
import { StageClock } from './stage-clock.ts';

/** How often a job may rebuild a lost device before it gives up. */
const MOST_REBUILDS = 3;
const MEGABYTE = 2 ** 20;
/** For the anchors' keys and values of all steps: GPU buffers, or typed arrays of this thread. */
const BANK_BUDGET = { webgpu: 768 * MEGABYTE, cpu: 768 * MEGABYTE } as const;
const BATCHES_PER_CHUNK = 8;

type Live = {
  readonly runtime: TensorRuntime;
  readonly models: ModelCache;
  readonly readers: PromptReaders;
};

export type EngineOptions = {
  readonly findSource: (id: string) => PackageSource;
  /** Where imported packages go; the origin's file system by default. */
  readonly openPackages?: () => Promise<PackageStore>;
  /** The folder for pictures; the origin's file system by default. */
  readonly folder?: FileSystemDirectoryHandle;
  readonly bankBudget?: number;
  readonly batchesPerChunk?: number;
  /** Frames per graph run, in place of what fits the runtime. */
  readonly batchSize?: number;
};

/** The engine of one worker: one runtime, one loaded model, one queue of jobs. */
export class Engine implements EngineService {
  readonly #options: EngineOptions;
  readonly #openPackages: () => Promise<PackageStore>;
  readonly #queue = new TaskQueue();
  readonly #clock = new StageClock();
  readonly #giveWay = new GiveWay();
  readonly #jobs = new Map<string, AbortController>();
  #choice: RuntimeChoice = 'auto';
  #bankBytes: number | null = null;
  #live: Live | null = null;
  #pictures: PictureStore | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#openPackages = options.openPackages ?? openPackageStore;
  }

  start({ choice, bankBytes }: EngineSetup): Promise<RuntimeInfo> {
    return this.#queue.add(async () => {
      this.#bankBytes = bankBytes;
      if (this.#live === null || choice !== this.#choice) {
        this.#choice = choice;
        await this.#rebuild();
      }
      return (await this.#engine()).runtime.info;
    });
  }

  giveWayTo(activity: SharedArrayBuffer): void {
    this.#giveWay.watch(activity);
  }

  machine(): Promise<MachineFacts> {
    return inspectMachine('auto', countThreads());
  }

  edit(request: EditRequest, onEvent: (event: JobEvent) => void): Promise<EditSummary> {
    return this.#run(request.jobId, async (signal) => {
      const pictures = await this.#store();
      for (let rebuilds = 0; ; rebuilds++) {
        const { runtime, models } = await this.#engine();
        const tools = {
          runtime,
          models,
          pictures,
          clock: this.#clock,
          bankBudget: this.#options.bankBudget ?? this.#bankBytes ?? BANK_BUDGET[runtime.kind],
          batchesPerChunk: this.#options.batchesPerChunk ?? BATCHES_PER_CHUNK,
          batchSize: this.#options.batchSize,
        };
        try {
          return await runEditJob(request, tools, onEvent, signal);
        } catch (error) {
          const { code } = toAppError(error, 'engine/run-failed');
          if (code !== 'job/cancelled') {
            // A graph whose run failed refuses every later one: the next job loads the model anew.
            await models.unload();
          }
          if (code !== 'gpu/device-lost' || rebuilds >= MOST_REBUILDS) {
            throw error;
          }
          onEvent({ kind: 'notice', text: 'The GPU was lost and is being set up again.' });
          await this.#rebuild();
        }
      }
    });
  }

  export(
    request: ExportRequest,
    onEvent: (event: JobEvent) => void,
    onFrame?: FrameListener,
  ): Promise<ExportSummary> {
    return this.#run(request.jobId, async (signal) =>
      runExportJob(request, await this.#store(), onEvent, signal, onFrame),
    );
  }

  async readPrompt(model: string, prompt: string): Promise<PromptReading | null> {
    // Past the queue of jobs: the runtime itself does one thing at a time.
    const { readers } = this.#live ?? (await this.#queue.add(() => this.#engine()));
    return await readers.read(model, prompt);
  }

  importModel(
    request: ImportRequest,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ImportSummary> {
    return this.#run(request.jobId, async (signal) => {
      // The compiler is as large as the rest of the engine, and most people never need it.
      const { runImportJob } = await import('./import-job.ts');
      const machine = async () => readMachineMemory((await this.#engine()).runtime.kind);
      const store = await this.#openPackages();
      return await runImportJob(request, { store, machine }, onProgress, signal);
    });
  }

  async listModels(): Promise<ModelLibrary> {
    return await readLibrary(await this.#openPackages());
  }

  removeModel(id: string): Promise<void> {
    // In the queue: not while a job reads the files.
    return this.#queue.add(async () => (await this.#openPackages()).remove(id));
  }

  cancel(jobId: string): void {
    this.#jobs.get(jobId)?.abort();
    this.#giveWay.hurry();
  }

  /** Frees the runtime and the model; the next job starts them again. */
  dispose(): void {
    this.#live?.models.dispose();
    this.#live?.readers.dispose();
    this.#live?.runtime.dispose();
    this.#live = null;
  }

  /** Queues a job; one that is cancelled while it waits is answered at once and never starts. */
  async #run<T>(jobId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#jobs.set(jobId, controller);
    try {
      return await new Promise<T>((resolve, reject) => {
        const stopWaiting = () => reject(new AppError('job/cancelled'));
        signal.addEventListener('abort', stopWaiting);
        const start = async () => {
          signal.removeEventListener('abort', stopWaiting);
          checkAborted(signal);
          return await work(signal);
        };
        this.#queue.add(start).then(resolve, reject);
      });
    } catch (error) {
      throw signal.aborted
        ? new AppError('job/cancelled', '', { cause: error })
        : toAppError(error, 'engine/run-failed');
    } finally {
      this.#jobs.delete(jobId);
    }
  }

  async #engine(): Promise<Live> {
    if (this.#live === null) {
      const runtime = await createRuntime(this.#choice, openTunings, this.#giveWay);
      const { findSource } = this.#options;
      const readers = new PromptReaders(runtime, findSource);
      const models = new ModelCache(runtime, this.#clock, findSource, readers);
      this.#live = { runtime, models, readers };
    }
    return this.#live;
  }

  async #rebuild(): Promise<void> {
    this.dispose();
    await this.#engine();
  }

  async #store(): Promise<PictureStore> {
    this.#pictures ??= await openPictureStore(this.#options.folder);
    return this.#pictures;
  }
}

const openPackageStore = memoise(async () => createPackageStore(await openBlobStore()));

const openTunings = async (): Promise<TuningStore> => createTuningStore(await openBlobStore());

/** The engine as the app runs it: imported packages, and those beside the app. `base` is the app's address. */
export function createEngine(base: URL): Engine {
  return new Engine({ findSource: (id) => createAppSource(id, base, openPackageStore) });
}
