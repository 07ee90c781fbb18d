import { encode as encodePng } from 'fast-png';
import { checkAborted } from '../base/abort.ts';
import { spanHolds } from '../base/units.ts';
import { createClipWriter } from '../media/clip-writer.ts';
import { openClip } from '../media/open-clip.ts';
import type { Project } from '../project/document.ts';
import {
  activeEdits,
  type ExportRequest,
  type ExportSummary,
  type JobEvent,
} from '../protocol/engine.ts';
import type { Frame, Picture } from '../protocol/media.ts';
import { createRenderer } from '../render/renderer.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { yieldToEvents } from './events.ts';
import { ProgressReporter } from './progress.ts';

export type FrameListener = (index: number, png: Uint8Array) => Promise<void>;

/**
 * Writes the whole clip with its edits: every frame is rendered as the viewer shows it, encoded and written as it comes,
 * with the source's sound. On failure or abort nothing is left of the target.
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
  const { project, results, target, container } = request;
  const clip = await openClip(request.source, { signal });
  const renderer = createRenderer({ pictures, gpu: null });
  try {
    const clipId = clipIdOf(project, clip.info.fingerprint);
    const writer = await createClipWriter({ source: clip, target, container, signal });
    const missing: number[] = [];
    try {
      const { frameCount } = clip.info;
      progress.begin('encoding', frameCount, 'frames');
      for await (const frame of clip.frames(0, frameCount, signal)) {
        checkAborted(signal);
        const { picture, state } = await renderer.render(project, results, clipId, frame);
        if (state === 'missing') {
          missing.push(frame.index);
        }
        if (onFrame !== undefined && request.wantFrames && isEdited(request, clipId, frame)) {
          await onFrame(frame.index, toPng(picture));
        }
        await writer.add(picture, frame.time, frame.duration);
        progress.update(frame.index + 1);
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
      frames: clip.info.frameCount,
      duration: clip.info.duration / 1e6,
      width: clip.info.width,
      height: clip.info.height,
      container: plan.container,
      video: plan.videoCodec,
      audio: plan.audioCodec,
      audioHandling: plan.audioHandling,
      notices: [...plan.notices, ...describeMissing(missing)],
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    renderer.dispose();
    clip.dispose();
  }
}

/** The document's name for the opened file; a project of one clip need not know its fingerprint. */
function clipIdOf(project: Project, fingerprint: string): string {
  const [first, ...others] = project.clips;
  const match = project.clips.find((clip) => clip.fingerprint === fingerprint);
  return (match ?? (others.length === 0 ? first : undefined))?.id ?? '';
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
