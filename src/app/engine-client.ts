import { proxy, wrap, type Remote } from 'comlink';
import { AppError } from '../base/error.ts';
import type {
  EditRequest,
  EditSummary,
  EngineService,
  EngineSetup,
  ExportRequest,
  ExportSummary,
  JobEvent,
  MachineFacts,
  RuntimeInfo,
} from '../protocol/engine.ts';
import type {
  ImportProgress,
  ImportRequest,
  ImportSummary,
  ModelLibrary,
} from '../protocol/model-library.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';
import { callRemote, type RemoteService } from '../protocol/remote.ts';
import { WorkerHandle } from './worker-handle.ts';

type EngineRemote = Remote<RemoteService<EngineService>>;

/** The page's side of the engine worker: started at the first call, started anew after a crash. */
export class EngineClient {
  readonly #handle: WorkerHandle<EngineRemote>;
  #setup: EngineSetup;
  /** Jobs to be stopped that may not have reached the worker yet. */
  readonly #stopping = new Set<string>();
  #started: Promise<RuntimeInfo> | null = null;

  /** `activity`, of `createActivityMemory`: the engine gives way to the inputs that are noted there. */
  constructor(
    setup: EngineSetup,
    onEnd: (error: AppError) => void,
    activity: SharedArrayBuffer | null = null,
  ) {
    this.#setup = setup;
    this.#handle = new WorkerHandle<EngineRemote>(
      () => {
        const worker = new Worker(new URL('../workers/engine.worker.ts', import.meta.url), {
          type: 'module',
          name: 'engine',
        });
        const remote = wrap<RemoteService<EngineService>>(worker);
        if (activity !== null) {
          void remote.giveWayTo(activity);
        }
        return { worker, remote };
      },
      (error) => {
        this.#started = null;
        onEnd(error);
      },
    );
  }

  get setup(): EngineSetup {
    return this.#setup;
  }

  /** Ends the worker: the next call starts one with this setup. What is under way is cancelled. */
  setUp(setup: EngineSetup): void {
    this.#setup = setup;
    this.dispose();
  }

  /** Chooses the runtime; asked once per worker, forgotten when it fails. */
  start(): Promise<RuntimeInfo> {
    this.#started ??= this.#handle
      .call((remote) => callRemote(remote.start(this.#setup)))
      .catch((error: unknown) => {
        this.#started = null;
        throw error;
      });
    return this.#started;
  }

  /** What this machine offers to run on. */
  machine(): Promise<MachineFacts> {
    return this.#handle.call((remote) => callRemote(remote.machine()));
  }

  async edit(
    request: EditRequest,
    onEvent: (event: JobEvent) => void,
    signal: AbortSignal,
  ): Promise<EditSummary> {
    try {
      await this.#startUnlessAborted(signal);
      if (this.#stopping.has(request.jobId)) {
        throw new AppError('job/cancelled');
      }
      const listener = new Listener(onEvent);
      return await this.#handle.call(
        (remote) => callRemote(remote.edit(request, proxy(listener.hear))),
        { signal, softCancel: cancelling(request.jobId), hasBegun: listener.hasHeard },
      );
    } catch (error) {
      if (error instanceof AppError && error.code === 'model/too-large-for-runtime') {
        // WebAssembly gives no memory back, and may have stopped for good in the middle of a run.
        this.#handle.giveUp(new AppError('engine/crashed', 'It ran out of memory.'));
      }
      throw error;
    } finally {
      this.#stopping.delete(request.jobId);
    }
  }

  /**
   * Asks an edit to stop at its next step, however long that takes: unlike an abort it never ends the worker, so the
   * model stays loaded. The edit rejects with `job/cancelled`.
   */
  stop(jobId: string): void {
    this.#stopping.add(jobId);
    if (this.#handle.isRunning) {
      this.#handle
        .call(async (remote) => await remote.cancel(jobId))
        .catch(() => {
          // The worker ended, and the edit with it.
        });
    }
  }

  async export(
    request: ExportRequest,
    onEvent: (event: JobEvent) => void,
    signal: AbortSignal,
    onFrame?: (index: number, png: Uint8Array) => Promise<void>,
  ): Promise<ExportSummary> {
    await this.#startUnlessAborted(signal);
    const frames = onFrame === undefined ? undefined : proxy(onFrame);
    const listener = new Listener(onEvent);
    return await this.#handle.call(
      (remote) => callRemote(remote.export(request, proxy(listener.hear), frames)),
      { signal, softCancel: cancelling(request.jobId), hasBegun: listener.hasHeard },
    );
  }

  async importModel(
    request: ImportRequest,
    onProgress: (progress: ImportProgress) => void,
    signal: AbortSignal,
  ): Promise<ImportSummary> {
    await this.#startUnlessAborted(signal);
    const listener = new Listener(onProgress);
    return await this.#handle.call(
      (remote) => callRemote(remote.importModel(request, proxy(listener.hear))),
      { signal, softCancel: cancelling(request.jobId), hasBegun: listener.hasHeard },
    );
  }

  listModels(): Promise<ModelLibrary> {
    return this.#handle.call((remote) => callRemote(remote.listModels()));
  }

  removeModel(id: string): Promise<void> {
    return this.#handle.call((remote) => callRemote(remote.removeModel(id)));
  }

  /** What a prompt asks of a model; null where the model can't tell. */
  async readPrompt(model: string, prompt: string): Promise<PromptReading | null> {
    await this.start();
    return await this.#handle.call((remote) => callRemote(remote.readPrompt(model, prompt)));
  }

  /** A job that is cancelled during the start ends at once; the start goes on for the next one. */
  async #startUnlessAborted(signal: AbortSignal): Promise<void> {
    await this.#handle.call(() => this.start(), { signal });
  }

  dispose(): void {
    this.#handle.dispose();
    this.#started = null;
  }
}

/** A job that has said something has begun: until then it waits for those before it. */
class Listener<Event> {
  readonly #onEvent: (event: Event) => void;
  #hasHeard = false;

  constructor(onEvent: (event: Event) => void) {
    this.#onEvent = onEvent;
  }

  readonly hear = (event: Event): void => {
    this.#hasHeard = true;
    this.#onEvent(event);
  };

  readonly hasHeard = (): boolean => this.#hasHeard;
}

function cancelling(jobId: string): (remote: EngineRemote) => void {
  return (remote) => {
    // Where even this fails the worker is ended after the grace, which settles the call.
    void remote.cancel(jobId).catch(() => {});
  };
}
