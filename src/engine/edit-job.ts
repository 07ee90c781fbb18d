import type { Batch } from '../diffusion/chunks.ts';
import { openClip } from '../media/open-clip.ts';
import type { EditRequest, EditSummary, JobEvent } from '../protocol/engine.ts';
import { finishedFrames, type PictureStore } from '../store/picture-store.ts';
import { planEdit, type EditPlan } from './edit-plan.ts';
import { EditRun, type EditTools } from './edit-run.ts';
import { ProgressReporter } from './progress.ts';
import { missingBatches } from './missing-batches.ts';
import { findSceneCuts } from './scene-cuts.ts';

/**
 * Runs an edit: every frame of its span that is not stored yet, stored as soon as it is finished. Frames found from an
 * earlier run are kept, so a job that was cancelled or crashed goes on where it stopped.
 */
export async function runEditJob(
  request: EditRequest,
  tools: EditTools,
  send: (event: JobEvent) => void,
  signal: AbortSignal,
): Promise<EditSummary> {
  const started = performance.now();
  tools.clock.reset();
  const progress = new ProgressReporter(send);
  progress.begin('opening', 1, 'steps');
  const clip = await openClip(request.source, { signal });
  try {
    const plan = await planEdit(request.editId, {
      project: request.project,
      clip: { ...clip.info, times: clip.times },
      runtime: tools.runtime.kind,
      batchSize: tools.batchSize,
      openPackage: (id) => tools.models.openPackage(id, signal),
      findCuts: async (range) => {
        progress.begin('opening', range.to - range.from, 'frames');
        return await findSceneCuts(clip, range, signal, (done) => progress.update(done));
      },
    });
    const { recipe, base, anchors } = plan;
    send({ kind: 'recipe', recipe, base, anchors });
    clip.info.notices.forEach((text) => send({ kind: 'notice', text }));
    const stored = await findStored(plan, tools.pictures);
    const reused = stored.size;
    const batches = missingBatches(plan, stored, request.onlyFrame);
    if (reused > 0) {
      send({ kind: 'frames', indices: [...stored].toSorted((a, b) => a - b) });
    }
    let firstFrameSeconds = reused > 0 ? secondsSince(started) : 0;
    if (batches.length > 0) {
      const run = new EditRun({ request, tools, plan, clip, progress, send, signal });
      // A preview's progress is that of its own frames, not of the span.
      const isPreview = request.onlyFrame !== undefined;
      const total = isPreview ? countFrames(batches) : plan.range.to - plan.range.from;
      let made = 0;
      await run.run(batches, { total, done: isPreview ? 0 : reused }, (indices) => {
        firstFrameSeconds ||= secondsSince(started);
        made += indices.length;
        indices.forEach((frame) => stored.add(frame));
        send({ kind: 'frames', indices });
        return isPreview ? made : stored.size;
      });
    }
    return {
      recipe,
      base,
      anchors,
      frames: plan.range.to - plan.range.from,
      edited: stored.size - reused,
      reused,
      seconds: secondsSince(started),
      firstFrameSeconds,
      stages: tools.clock.times,
    };
  } finally {
    clip.dispose();
  }
}

/** Frames of the span (numbers within the clip) that have both pictures. */
async function findStored(plan: EditPlan, pictures: PictureStore): Promise<Set<number>> {
  const { from, to } = plan.range;
  const finished = await finishedFrames(pictures, plan);
  return new Set(finished.filter((frame) => frame >= from && frame < to));
}

function countFrames(batches: readonly Batch[]): number {
  return batches.reduce((sum, { real }) => sum + real, 0);
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
