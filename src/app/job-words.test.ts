import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import type { JobProgress } from '../protocol/engine.ts';
import { bytesToCome, framesLeft, secondsLeft, storedFrameBytes } from './job-cost.ts';
import { jobLine, queueLine, spaceLine } from './job-words.ts';
import type { Job, JobsState } from './state/jobs-store.ts';

const progress: JobProgress = {
  stage: 'rendering',
  done: 42,
  total: 120,
  unit: 'frames',
  framesPerSecond: 3.8,
  secondsLeft: 20.5,
};

const job = (change: Partial<Job>): Job => ({
  id: 'a',
  kind: 'edit',
  title: 'make it night',
  editId: 'e',
  key: 'k',
  frames: 120,
  frameBytes: 1000,
  state: 'running',
  progress,
  error: null,
  ...change,
});

const stateOf = (...jobs: Job[]): JobsState => ({ jobs, pictures: {}, latest: {} });

describe('a job in words', () => {
  it('says what it does, how far it is and how long it takes', () => {
    const running = job({});
    const waiting = job({ id: 'b', state: 'waiting', progress: null, frames: 38 });
    const state = stateOf(running, waiting);
    expect(jobLine(state, running)).toBe('Rendering · 42 of 120 frames · 3.8 frames/s · 21 s left');
    expect(jobLine(state, waiting)).toBe('Waiting for its turn · 38 frames · about 10 s');
    expect(queueLine(state, [running, waiting])).toBe('2 jobs · 31 s left');
  });

  it('says what is kept of one that is paused or was cancelled, and why one failed', () => {
    const state = stateOf();
    expect(jobLine(state, job({ state: 'paused' }))).toBe('Paused · 42 of 120 frames');
    expect(jobLine(state, job({ state: 'cancelled' }))).toBe('Cancelled · 42 of 120 frames');
    const bytes: JobProgress = { ...progress, stage: 'loading-model', unit: 'bytes' };
    expect(jobLine(state, job({ state: 'paused', progress: bytes }))).toBe('Paused');
    const error = new AppError('gpu/device-lost');
    expect(jobLine(state, job({ state: 'failed', error }))).toMatch(/^Stopped · The GPU stopped/);
  });

  it('leaves the time out while none is known', () => {
    const first = job({ state: 'waiting', progress: null });
    expect(queueLine(stateOf(first), [first])).toBe('1 job');
    expect(jobLine(stateOf(first), first)).toBe('Waiting for its turn · 120 frames');
  });
});

describe('what jobs will take', () => {
  it('counts the frames that are left of those under way, waiting and paused', () => {
    const paused = job({ id: 'b', state: 'paused', progress: { ...progress, done: 100 } });
    const waiting = job({ id: 'c', state: 'waiting', progress: null, frames: 10 });
    const done = job({ id: 'd', state: 'done' });
    const state = stateOf(job({}), paused, waiting, done);
    expect([job({}), paused, waiting].map(framesLeft)).toEqual([78, 20, 10]);
    expect(bytesToCome(state)).toBe(108_000);
    expect(spaceLine(state, 3_100_000_000)).toBe('Will take about 108 kB of 3.1 GB free');
    expect(spaceLine(stateOf(done), 3_100_000_000)).toBe('3.1 GB free for pictures');
    expect(spaceLine(stateOf(done), null)).toBe('');
  });

  it('is under half a gigabyte for a minute at 256 pixels', () => {
    expect(storedFrameBytes(256) * 60 * 24).toBeLessThan(0.5e9);
  });

  it('knows no time for exports that have not begun', () => {
    const waiting = job({ kind: 'export', state: 'waiting', progress: null, frames: 0 });
    expect(secondsLeft(stateOf(job({}), waiting), waiting)).toBeNaN();
  });
});
