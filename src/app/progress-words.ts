import type { JobProgress } from '../protocol/engine.ts';
import { byteSize, lengthInWords, timeLeft } from './time.ts';

const STAGES: Record<JobProgress['stage'], string> = {
  opening: 'Opening the clip',
  'loading-model': 'Loading the model',
  preparing: 'Preparing',
  rendering: 'Rendering',
  encoding: 'Exporting',
  finishing: 'Finishing',
};

export function stageName(progress: JobProgress | null): string {
  return progress === null ? 'Starting' : STAGES[progress.stage];
}

/** `42 of 120 frames`, `3.1 of 12 MB`. */
export function amountDone(progress: JobProgress | null): string {
  if (progress === null || progress.total <= 0) {
    return '';
  }
  const { done, total, unit } = progress;
  if (unit === 'steps' && total === 1) {
    return '';
  }
  if (unit === 'bytes') {
    return `${byteSize(done)} of ${byteSize(total)}`;
  }
  return `${done} of ${total} ${unit}`;
}

/** `3.8 frames/s · 24 s left`; a slow rate is said the other way round: `2.4 s a frame`. */
export function rateAndTimeLeft(progress: JobProgress | null): string {
  if (progress === null) {
    return '';
  }
  return [rate(progress.framesPerSecond), timeLeft(progress.secondsLeft)]
    .filter((part) => part !== '')
    .join(' · ');
}

/** `1 frame`, `24 frames`. */
export function frameCount(frames: number): string {
  return frames === 1 ? '1 frame' : `${frames} frames`;
}

/** `All 24 frames edited.`, `Its one frame is edited.` */
export function allEdited(frames: number): string {
  return frames === 1 ? 'Its one frame is edited.' : `All ${frames} frames edited.`;
}

/** `120 frames, about 2 min 10 s, 30 MB`: what a run will take. The time once a rate is known (frames per second, else 0). */
export function expectedCost(frames: number, framesPerSecond: number, frameBytes = 0): string {
  const time = framesPerSecond > 0 ? [`about ${lengthInWords(frames / framesPerSecond)}`] : [];
  const space = frameBytes > 0 ? [byteSize(frames * frameBytes)] : [];
  return [frameCount(frames), ...time, ...space].join(', ');
}

function rate(framesPerSecond: number): string {
  if (!(framesPerSecond > 0)) {
    return '';
  }
  return framesPerSecond >= 1
    ? `${framesPerSecond.toFixed(1)} frames/s`
    : `${(1 / framesPerSecond).toFixed(1)} s a frame`;
}
