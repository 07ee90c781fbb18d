import { expose } from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import type { EditRequest, JobEvent, RuntimeInfo } from '../protocol/engine.ts';
import { toRemote } from '../protocol/remote.ts';
import { EngineClient } from './engine-client.ts';

type Inner = {
  start(): Promise<RuntimeInfo>;
  edit(request: EditRequest, send: (event: JobEvent) => void): Promise<never>;
  cancel(jobId?: string): Promise<void>;
};

const INFO = { kind: 'cpu' } as RuntimeInfo;
const REQUEST = { jobId: 'job' } as EditRequest;

/** What the next workers run. */
let inner: Inner;
let workers: TestWorker[];

/** A worker in this thread: the engine's side answers over a real message channel. */
class TestWorker {
  readonly #channel = new MessageChannel();
  isEnded = false;

  constructor() {
    workers.push(this);
    expose(toRemote(inner), this.#channel.port2);
    this.#channel.port1.start();
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    this.#channel.port1.postMessage(message, transfer);
  }

  addEventListener(kind: 'message', listener: (event: MessageEvent) => void): void {
    this.#channel.port1.addEventListener(kind, listener);
  }

  removeEventListener(kind: 'message', listener: (event: MessageEvent) => void): void {
    this.#channel.port1.removeEventListener(kind, listener);
  }

  terminate(): void {
    this.isEnded = true;
    this.#channel.port1.close();
  }
}

const fail = (code: ConstructorParameters<typeof AppError>[0]) => async () =>
  await Promise.reject<never>(new AppError(code));

beforeEach(() => {
  workers = [];
  inner = {
    start: async () => await Promise.resolve(INFO),
    edit: fail('engine/run-failed'),
    cancel: async () => {},
  };
  vi.stubGlobal('Worker', TestWorker);
});

afterEach(() => {
  workers.forEach((worker) => worker.terminate());
  vi.unstubAllGlobals();
});

describe('EngineClient', () => {
  it.each([
    ['engine/run-failed', []],
    ['model/too-large-for-runtime', ['engine/crashed']],
  ] as const)('after %s its worker ended with %j', async (code, expected) => {
    const ends: string[] = [];
    const client = new EngineClient({ choice: 'cpu', bankBytes: null }, (error) =>
      ends.push(error.code),
    );
    inner.edit = fail(code);
    const { signal } = new AbortController();
    await expect(client.edit(REQUEST, () => {}, signal)).rejects.toMatchObject({ code });
    expect(ends).toEqual(expected);
    expect(await client.start()).toEqual(INFO);
    expect(workers.map((worker) => worker.isEnded)).toEqual(
      expected.length === 0 ? [false] : [true, false],
    );
  });

  it('cancels at once what waits for the first start', async () => {
    inner.start = () => new Promise<RuntimeInfo>(() => {});
    const client = new EngineClient({ choice: 'cpu', bankBytes: null }, () => {});
    const abort = new AbortController();
    const edit = client.edit(REQUEST, () => {}, abort.signal);
    abort.abort();
    await expect(edit).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(workers.map((worker) => worker.isEnded)).toEqual([false]);
  });

  it('cancels a job that waits behind another at once, whatever keeps the engine busy', async () => {
    type Send = (event: JobEvent) => void;
    const begun: { readonly id: string; readonly send: Send }[] = [];
    inner.edit = async (request: EditRequest, send: Send) => {
      begun.push({ id: request.jobId, send });
      return await new Promise<never>(() => {});
    };
    inner.cancel = () => new Promise<void>(() => {});
    const client = new EngineClient({ choice: 'cpu', bankBytes: null }, () => {});
    const abort = new AbortController();
    const heard: string[] = [];
    const first = client.edit(REQUEST, (event) => heard.push(event.kind), abort.signal);
    const ended = first.catch((error: unknown) => error);
    await vi.waitFor(() => {
      expect(begun.length).toBe(1);
    });
    const behind = new AbortController();
    const second = client.edit({ ...REQUEST, jobId: 'behind' }, () => {}, behind.signal);
    await vi.waitFor(() => {
      expect(begun.length).toBe(2);
    });
    behind.abort();
    await expect(second).rejects.toMatchObject({ code: 'job/cancelled' });
    // One that has begun is waited for.
    begun[0]?.send({ kind: 'notice', text: 'It goes on.' });
    await vi.waitFor(() => {
      expect(heard).toEqual(['notice']);
    });
    abort.abort();
    const soon = new Promise((resolve) => setTimeout(resolve, 30, 'waiting'));
    expect(await Promise.race([ended, soon])).toBe('waiting');
    expect(workers.map((worker) => worker.isEnded)).toEqual([false]);
  });

  it('stops a job without ending its worker, also one that has not reached it yet', async () => {
    const cancelled: string[] = [];
    let refuse: (error: AppError) => void = () => {};
    inner.edit = () => new Promise<never>((_, reject) => (refuse = reject));
    inner.cancel = async (jobId?: string) => {
      cancelled.push(jobId ?? '');
      refuse(new AppError('job/cancelled'));
      await Promise.resolve();
    };
    const client = new EngineClient({ choice: 'cpu', bankBytes: null }, () => {});
    const { signal } = new AbortController();
    const early = client.edit(REQUEST, () => {}, signal);
    client.stop('job');
    await expect(early).rejects.toMatchObject({ code: 'job/cancelled' });
    const running = client.edit(REQUEST, () => {}, signal);
    const ended = running.catch((error: unknown) => error);
    await vi.waitFor(() => {
      client.stop('job');
      expect(cancelled.length).toBeGreaterThan(1);
    });
    expect(await ended).toMatchObject({ code: 'job/cancelled' });
    expect(workers.map((worker) => worker.isEnded)).toEqual([false]);
  });
});
