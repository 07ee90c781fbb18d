import { AppError } from '../base/error.ts';

/** The part of a Worker that the handle needs. */
export type EndableWorker = {
  terminate(): void;
  addEventListener(kind: 'error' | 'messageerror', listener: (event: Event) => void): void;
};

export type CallOptions<Remote> = {
  readonly signal?: AbortSignal | undefined;
  /** Asks the worker to stop at its next step; without it an abort rejects at once and the answer is dropped. */
  readonly softCancel?: ((remote: Remote) => void) | undefined;
  /** Whether the worker is at it yet. A call that waits behind others is told off and let go: the worker is theirs. */
  readonly hasBegun?: (() => boolean) | undefined;
};

/** How long a worker may take to honour a soft cancel before it is ended. */
const CANCEL_GRACE_MS = 10_000;

type Live<Remote> = {
  readonly worker: EndableWorker;
  readonly remote: Remote;
  readonly pending: Set<(error: AppError) => void>;
};

/**
 * Owns one worker: starts it at the first call, races every call against abort and crash, and rejects what is pending
 * when the worker ends (comlink alone would leave those promises open for ever). The next call starts a fresh worker.
 */
export class WorkerHandle<Remote> {
  readonly #create: () => { worker: EndableWorker; remote: Remote };
  readonly #onEnd: (error: AppError) => void;
  readonly #graceMs: number;
  #live: Live<Remote> | null = null;

  /** `onEnd` hears of every unplanned end; `dispose` is planned. */
  constructor(
    create: () => { worker: EndableWorker; remote: Remote },
    onEnd: (error: AppError) => void,
    graceMs: number = CANCEL_GRACE_MS,
  ) {
    this.#create = create;
    this.#onEnd = onEnd;
    this.#graceMs = graceMs;
  }

  get isRunning(): boolean {
    return this.#live !== null;
  }

  call<T>(run: (remote: Remote) => Promise<T>, options: CallOptions<Remote> = {}): Promise<T> {
    const { signal, softCancel, hasBegun = () => true } = options;
    if (signal?.aborted === true) {
      return Promise.reject(cancelled(signal));
    }
    const live = this.#start();
    return new Promise<T>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        live.pending.delete(fail);
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const fail = (error: AppError): void => {
        settle(() => {
          reject(signal?.aborted === true ? cancelled(signal) : error);
        });
      };
      const onAbort = (): void => {
        softCancel?.(live.remote);
        if (softCancel === undefined || !hasBegun()) {
          settle(() => {
            reject(cancelled(signal));
          });
          return;
        }
        timer = setTimeout(() => {
          this.#end(live, new AppError('engine/crashed', 'It did not stop when asked to.'));
        }, this.#graceMs);
      };
      live.pending.add(fail);
      signal?.addEventListener('abort', onAbort);
      run(live.remote).then(
        (value) => {
          settle(() => {
            resolve(value);
          });
        },
        (error: unknown) => {
          settle(() => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        },
      );
    });
  }

  /** Ends a worker that is no longer to be trusted, as if it had crashed with this error. */
  giveUp(error: AppError): void {
    if (this.#live !== null) {
      this.#end(this.#live, error);
    }
  }

  /** Ends the worker; pending calls reject as cancelled. */
  dispose(): void {
    const live = this.#live;
    if (live !== null) {
      this.#stop(live, new AppError('job/cancelled'));
    }
  }

  #start(): Live<Remote> {
    if (this.#live !== null) {
      return this.#live;
    }
    const live: Live<Remote> = { ...this.#create(), pending: new Set() };
    this.#live = live;
    live.worker.addEventListener('error', (event) => {
      this.#end(live, new AppError('engine/crashed', describe(event), { cause: event }));
    });
    live.worker.addEventListener('messageerror', (event) => {
      this.#end(
        live,
        new AppError('engine/crashed', 'A message was unreadable.', { cause: event }),
      );
    });
    return live;
  }

  #end(live: Live<Remote>, error: AppError): void {
    if (this.#live === live) {
      this.#stop(live, error);
      this.#onEnd(error);
    }
  }

  #stop(live: Live<Remote>, error: AppError): void {
    this.#live = null;
    live.worker.terminate();
    for (const reject of live.pending) {
      reject(error);
    }
  }
}

function cancelled(signal: AbortSignal | undefined): AppError {
  return new AppError('job/cancelled', '', { cause: signal?.reason });
}

function describe(event: Event): string {
  const message = 'message' in event ? event.message : '';
  return typeof message === 'string' ? message : '';
}
