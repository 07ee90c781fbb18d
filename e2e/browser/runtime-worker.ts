import type { RuntimeKind } from '../../src/protocol/engine.ts';

export type WorkerAnswer = {
  readonly kind: RuntimeKind;
  readonly values: readonly number[];
  readonly isIsolated: boolean;
};

/** Runs a small graph on a runtime inside a module worker, where the engine lives. */
export async function runInWorker(kind: RuntimeKind): Promise<WorkerAnswer> {
  const worker = new Worker(new URL('./runtime.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<WorkerAnswer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer | string>) => {
        if (typeof data === 'string') {
          reject(new Error(data));
        } else {
          resolve(data);
        }
      });
      worker.addEventListener('error', (event) => {
        reject(new Error(event.message));
      });
      worker.postMessage(kind);
    });
  } finally {
    worker.terminate();
  }
}
