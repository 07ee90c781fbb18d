import { encode as encodePng } from 'fast-png';
import { checkAborted } from '../base/abort.ts';
import { must } from '../base/assert.ts';
import { spanHolds, type Microseconds } from '../base/units.ts';
import { createClipWriter } from '../media/clip-writer.ts';
import { toSequenceTime } from '../project/sequence.ts';
import {
  activeEdits,
  type ExportRequest,
  type ExportSummary,
  type JobEvent,
} from '../protocol/engine.ts';
import type { Frame, Picture } from '../protocol/media.ts';
import { letterbox } from '../render/letterbox.ts';
import { createRenderer } from '../render/renderer.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { yieldToEvents } from './events.ts';
import { closeCut, openCut, type Cut } from './export-cut.ts';
import { ProgressReporter } from './progress.ts';

export type FrameListener = (index: number, png: Uint8Array) => Promise<void>;

/**
 * Writes the pieces in playing order with their edits: every frame is rendered as the viewer shows it, encoded and
 * written as it comes, with the sound of the pieces. On failure or abort nothing is left of the target.
 */
export async function runExportJob(
  request: ExportRequest,
  pictures: PictureStore,
  send: (event: JobEvent) => void,
  signal: AbortSignal,
  onFrame?: FrameListener,
): Promise<ExportSummary> {
  const started = performance.now();
  const progress = new ProgressReporter(send);
  progress.begin('opening', 1, 'steps');
  const { project, results, sources, target, container } = request;
  const cut = await openCut(project, sources, signal);
  const renderer = createRenderer({ pictures, gpu: null, mapBytes: 0 });
  try {
    const { frames, size, source } = cut;
    const writer = await createClipWriter({ source, target, container, signal });
    const missing: number[] = [];
    try {
      progress.begin('encoding', frames.count, 'frames');
      for await (const { clipId, index, time, frame } of readCut(cut, signal)) {
        checkAborted(signal);
        const { picture, state } = await renderer.render(project, results, clipId, frame);
        if (state === 'missing') {
          missing.push(index);
        }
        const shown = letterbox(picture, size);
        if (onFrame !== undefined && request.wantFrames && isEdited(request, clipId, frame)) {
          await onFrame(index, toPng(shown));
        }
        await writer.add(shown, time, frame.duration);
        progress.update(index + 1);
        await yieldToEvents();
      }
      progress.begin('finishing', 1, 'steps');
      await writer.finish();
    } catch (error) {
      await writer.cancel();
      throw error;
    }
    const { plan } = writer;
    return {
      frames: frames.count,
      duration: frames.sequence.duration / 1e6,
      ...size,
      container: plan.container,
      video: plan.videoCodec,
      audio: plan.audioCodec,
      audioHandling: plan.audioHandling,
      notices: [...plan.notices, ...cut.notices, ...describeMissing(missing)],
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    renderer.dispose();
    closeCut(cut);
  }
}

type CutFrame = {
  readonly clipId: string;
  /** Number and time within the sequence; those of the frame itself are its clip's. */
  readonly index: number;
  readonly time: Microseconds;
  readonly frame: Frame;
};

/** The frames of all pieces in playing order, each piece decoded as one stream. */
async function* readCut({ clips, frames }: Cut, signal: AbortSignal): AsyncGenerator<CutFrame> {
  for (const placed of frames.pieces) {
    const { piece, first, count, at, end } = placed;
    const clip = must(clips.get(piece.clipId), `clip ${piece.clipId} is not open`);
    for await (const frame of clip.frames(first, first + count, signal)) {
      const time = toSequenceTime(placed, frame.time);
      // The last frame of a piece gives way to the next piece, wherever its clip would go on.
      const duration = Math.min(frame.duration, end - time);
      const index = at + frame.index - first;
      yield { clipId: piece.clipId, index, time, frame: { ...frame, duration } };
    }
  }
}

function isEdited(request: ExportRequest, clipId: string, frame: Frame): boolean {
  return activeEdits(request.project).some(
    (edit) => edit.clipId === clipId && spanHolds(edit.span, frame.time),
  );
}

function describeMissing(frames: readonly number[]): string[] {
  const [first] = frames;
  if (first === undefined) {
    return [];
  }
  const which =
    frames.length === 1
      ? `Frame ${first} had an edit that was not run: it shows`
      : `${frames.length} frames (the first is ${first}) had an edit that was not run: they show`;
  return [`${which} the source there.`];
}

function toPng({ width, height, data }: Picture): Uint8Array {
  return encodePng({ width, height, data, channels: 4, depth: 8 });
}
