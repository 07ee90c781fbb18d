import { frameRange } from '../project/frames.ts';
import type { Edit, Project } from '../project/document.ts';
import { countWithin, firstMissing, type FrameRanges, NO_FRAMES } from './frame-ranges.ts';
import { editKey } from './edit-key.ts';
import { isOpen, isUnderWay, picturesOf, type Job, type JobsState } from './state/jobs-store.ts';
import type { FrameTimes } from './time.ts';

/** Where an edit stands, for its bar on the timeline and its card in the inspector. */
export type EditStatus = {
  /** `old`: shown pictures were made before the edit was changed. */
  readonly kind: 'running' | 'paused' | 'failed' | 'old' | 'complete' | 'partial' | 'empty';
  readonly job: Job | null;
  /** Frames of the span: how many, how many are finished, which is the first that is not. */
  readonly frames: number;
  readonly done: number;
  readonly nextFrame: number | null;
  readonly finished: FrameRanges;
  readonly anchors: readonly number[];
};

/** Always the same one: a status whose parts are those of before is drawn once. */
const NO_ANCHORS: readonly number[] = [];

export function editStatus(
  state: JobsState,
  project: Project,
  edit: Edit,
  times: FrameTimes,
): EditStatus {
  const { from, to } = frameRange(times, edit.span);
  const key = editKey(project, edit.id);
  const job = state.jobs.findLast((one) => one.key === key) ?? null;
  const found = picturesOf(state, project, edit.id);
  // A run counts what it made itself, whatever old pictures are still on screen.
  const pictures = job !== null && isOpen(job) ? state.pictures[key] : found?.pictures;
  const finished = pictures?.done ?? NO_FRAMES;
  const done = countWithin(finished, from, to);
  return {
    kind: kindOf(job, found?.stale ?? false, done, to - from),
    job,
    frames: to - from,
    done,
    nextFrame: firstMissing(finished, from, to),
    finished,
    anchors: pictures?.anchors ?? NO_ANCHORS,
  };
}

function kindOf(job: Job | null, isOld: boolean, done: number, frames: number): EditStatus['kind'] {
  if (job !== null && isUnderWay(job)) {
    return 'running';
  }
  if (job !== null && job.state === 'paused') {
    return 'paused';
  }
  if (job !== null && job.state === 'failed') {
    return 'failed';
  }
  if (isOld) {
    return 'old';
  }
  if (done >= frames && frames > 0) {
    return 'complete';
  }
  return done > 0 ? 'partial' : 'empty';
}
