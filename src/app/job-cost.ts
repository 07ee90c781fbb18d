import type { Seconds } from '../base/units.ts';
import type { Job, JobsState } from './state/jobs-store.ts';
import { isOpen, lastRate } from './state/jobs-store.ts';

/** Bytes a pixel once packed without loss, of three: what photographed pictures took, with room. */
const PACKED_BYTES = 1.9;

/** What a finished frame takes on disk, about: the edited picture and the decoded source at model size. */
export function storedFrameBytes(size: number): number {
  return Math.round(2 * size * size * PACKED_BYTES);
}

/** Frames that a job has still to make. */
export function framesLeft({ frames, progress, state }: Job): number {
  if (state === 'waiting' || progress?.stage !== 'rendering') {
    return frames;
  }
  return Math.max(0, progress.total - progress.done);
}

/** What all open jobs will still take on disk. */
export function bytesToCome(state: JobsState): number {
  return state.jobs.filter(isOpen).reduce((sum, job) => sum + framesLeft(job) * job.frameBytes, 0);
}

/** Seconds that a job has still to run: its own word, else by the last rate. NaN while neither is known. */
export function secondsLeft(state: JobsState, job: Job): Seconds {
  const own = job.progress?.secondsLeft ?? Number.NaN;
  if (job.state === 'running' && !Number.isNaN(own)) {
    return own;
  }
  const rate = job.kind === 'export' ? 0 : lastRate(state);
  return rate > 0 ? framesLeft(job) / rate : Number.NaN;
}
