import { bytesToCome, secondsLeft } from './job-cost.ts';
import { amountDone, frameCount, rateAndTimeLeft, stageName } from './progress-words.ts';
import type { Job, JobsState } from './state/jobs-store.ts';
import { byteSize, lengthInWords, timeLeft } from './time.ts';

/** What a job does now, or how it ended. */
export function jobTitle({ state, progress }: Job): string {
  switch (state) {
    case 'waiting':
      return 'Waiting for its turn';
    case 'running':
      return stageName(progress);
    case 'pausing':
      return 'Pausing after this step';
    case 'paused':
      return 'Paused';
    case 'cancelling':
      return 'Stopping after this step';
    case 'done':
      return 'Done';
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return 'Stopped';
  }
}

/** One line on where a job stands: `Rendering · 42 of 120 frames · 3.8 frames/s · 24 s left`. */
export function jobLine(state: JobsState, job: Job): string {
  const title = jobTitle(job);
  switch (job.state) {
    case 'running':
      return joined(title, amountDone(job.progress), rateAndTimeLeft(job.progress));
    case 'waiting': {
      const length = lengthInWords(secondsLeft(state, job));
      const frames = job.frames > 0 ? frameCount(job.frames) : '';
      return joined(title, frames, length === '' ? '' : `about ${length}`);
    }
    case 'paused':
    case 'cancelled':
      return joined(title, job.progress?.unit === 'frames' ? amountDone(job.progress) : '');
    case 'failed':
      return joined(title, job.error?.message ?? '');
    case 'pausing':
    case 'cancelling':
    case 'done':
      return title;
  }
}

/** For the badge: `2 jobs · 24 s left`, with the time of all of them where it is known. */
export function queueLine(state: JobsState, underWay: readonly Job[]): string {
  const count = `${underWay.length} ${underWay.length === 1 ? 'job' : 'jobs'}`;
  const seconds = underWay.reduce((sum, job) => sum + secondsLeft(state, job), 0);
  return joined(count, timeLeft(seconds));
}

/** What the open jobs will take on disk; `free` (bytes) is what the browser still allows, null where it won't say. */
export function spaceLine(state: JobsState, free: number | null): string {
  const needed = bytesToCome(state);
  if (needed === 0) {
    return free === null ? '' : `${byteSize(free)} free for pictures`;
  }
  const takes = `Will take about ${byteSize(needed)}`;
  return free === null ? takes : `${takes} of ${byteSize(free)} free`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}
