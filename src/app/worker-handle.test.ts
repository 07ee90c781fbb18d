import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { WorkerHandle } from './worker-handle.ts';

type Remote = { wait(): Promise<number>; stop(): void };

/** A worker's outer side: an event target that can be ended. */
class Outer extends EventTarget {
  ended = 0;
  terminate(): void {
    this.ended += 1;
  }
}

function open(graceMs = 5) {
  const workers: Outer[] = [];
  const ends: string[] = [];
  let answer: (value: number) => void = () => {};
  let stops = 0;
  const handle = new WorkerHandle<Remote>(
    () => {
      const worker = new Outer();
      workers.push(worker);
      return {
        worker,
        remote: {
          wait: () => new Promise<number>((resolve) => (answer = resolve)),
          stop: () => {
            stops += 1;
          },
        },
      };
    },
    (error) => ends.push(error.code),
    graceMs,
  );
  return { handle, workers, ends, answer: (value: number) => answer(value), stops: () => stops };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code?: string }).code,
  );

describe('WorkerHandle', () => {
  it('starts its worker at the first call and keeps it', async () => {
    const { handle, workers, answer } = open();
    expect(workers.length).toBe(0);
    const first = handle.call((remote) => remote.wait());
    answer(1);
    const second = handle.call((remote) => remote.wait());
    answer(2);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(workers.length).toBe(1);
  });

  it('rejects every pending call when the worker crashes, and starts a fresh one next time', async () => {
    const { handle, workers, ends, answer } = open();
    const calls = [code(handle.call((r) => r.wait())), code(handle.call((r) => r.wait()))];
    workers[0]?.dispatchEvent(new Event('error'));
    expect(await Promise.all(calls)).toEqual(['engine/crashed', 'engine/crashed']);
    expect(ends).toEqual(['engine/crashed']);
    const next = handle.call((r) => r.wait());
    answer(3);
    expect(await next).toBe(3);
    expect(workers.length).toBe(2);
  });

  it('rejects at once on abort where there is no soft cancel, and leaves the worker alone', async () => {
    const { handle, workers } = open();
    const abort = new AbortController();
    const call = code(handle.call((r) => r.wait(), { signal: abort.signal }));
    abort.abort();
    expect(await call).toBe('job/cancelled');
    expect(workers[0]?.ended).toBe(0);
  });

  it('never starts a worker for a call that was aborted before', async () => {
    const { handle, workers } = open();
    expect(await code(handle.call((r) => r.wait(), { signal: AbortSignal.abort() }))).toBe(
      'job/cancelled',
    );
    expect(workers.length).toBe(0);
  });

  it('waits for a soft cancel to be honoured', async () => {
    const { handle, workers, answer, stops } = open(1000);
    const abort = new AbortController();
    const call = handle.call((r) => r.wait(), {
      signal: abort.signal,
      softCancel: (r) => {
        r.stop();
      },
    });
    abort.abort();
    answer(4);
    expect(await call).toBe(4);
    expect(stops()).toBe(1);
    expect(workers[0]?.ended).toBe(0);
  });

  it('ends a worker that ignores a soft cancel: the cancelled call is cancelled, others crash', async () => {
    const { handle, workers, ends } = open(5);
    const abort = new AbortController();
    const cancelledCall = code(
      handle.call((r) => r.wait(), { signal: abort.signal, softCancel: () => {} }),
    );
    const otherCall = code(handle.call((r) => r.wait()));
    abort.abort();
    expect(await Promise.all([cancelledCall, otherCall])).toEqual([
      'job/cancelled',
      'engine/crashed',
    ]);
    expect(workers[0]?.ended).toBe(1);
    expect(ends).toEqual(['engine/crashed']);
  });

  it('answers at once for a call that only waits in the worker, which is busy with another one', async () => {
    const { handle, workers, ends, answer, stops } = open(1);
    const waiting = handle.call((r) => r.wait());
    const abort = new AbortController();
    let hasBegun = false;
    const options = {
      signal: abort.signal,
      softCancel: (r: Remote) => {
        r.stop();
      },
      hasBegun: () => hasBegun,
    };
    const cancelledCall = code(handle.call(() => new Promise<number>(() => {}), options));
    abort.abort();
    expect(await cancelledCall).toBe('job/cancelled');
    expect(stops()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([workers[0]?.ended, ends]).toEqual([0, []]);
    answer(5);
    expect(await waiting).toBe(5);

    hasBegun = true;
    const again = new AbortController();
    const begun = handle.call(() => new Promise<number>(() => {}), {
      ...options,
      signal: again.signal,
    });
    again.abort();
    expect(await code(begun)).toBe('job/cancelled');
    expect(workers[0]?.ended).toBe(1);
  });

  it('ends a worker that was given up as if it had crashed', async () => {
    const { handle, workers, ends } = open();
    const call = code(handle.call((r) => r.wait()));
    handle.giveUp(new AppError('engine/crashed'));
    expect(await call).toBe('engine/crashed');
    expect([workers[0]?.ended, handle.isRunning, ends]).toEqual([1, false, ['engine/crashed']]);
  });

  it('rejects pending calls as cancelled when it is disposed', async () => {
    const { handle, ends } = open();
    const call = code(handle.call((r) => r.wait()));
    handle.dispose();
    expect(await call).toBe('job/cancelled');
    expect(ends).toEqual([]);
  });
});
