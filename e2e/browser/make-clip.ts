import {
  AudioSampleSource,
  BufferTarget,
  CanvasSource,
  Mp4OutputFormat,
  Output,
  Quality,
} from 'mediabunny';
import { makeBeeps, type Beeps } from './media-fixtures.ts';
import { sunAt } from './sun.ts';

export type ClipPlan = {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly frameRate: number;
  /** From this frame on the scene is another one, at night. */
  readonly cutAt?: number;
  /** How far down the sun goes on its way (sun.ts). */
  readonly dip?: number;
  readonly sound?: Beeps;
};

/** A short H.264 clip of a moving scene with smooth and finely textured places, encoded by the browser. */
export async function makeClip(plan: ClipPlan): Promise<File> {
  const canvas = new OffscreenCanvas(plan.width, plan.height);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) {
    throw new Error('no 2D context');
  }
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const source = new CanvasSource(canvas, {
    codec: 'avc',
    bitrate: plan.width * plan.height * 20,
    keyFrameInterval: 1,
  });
  output.addVideoTrack(source, { frameRate: plan.frameRate });
  const addSound = plan.sound === undefined ? null : soundTrack(output, plan.sound);
  await output.start();
  await addSound?.();
  for (let frame = 0; frame < plan.frames; frame++) {
    drawScene(context, plan, frame / Math.max(1, plan.frames - 1));
    if (frame >= (plan.cutAt ?? Infinity)) {
      context.fillStyle = 'rgb(8 6 40 / 0.85)';
      context.fillRect(0, 0, plan.width, plan.height);
    }
    await source.add(frame / plan.frameRate, 1 / plan.frameRate);
  }
  await output.finalize();
  if (output.target.buffer === null) {
    throw new Error('nothing was encoded');
  }
  return new File([output.target.buffer], 'scene.mp4', { type: 'video/mp4' });
}

function soundTrack(output: Output, beeps: Beeps): () => Promise<void> {
  const track = new AudioSampleSource({
    codec: 'opus',
    quality: new Quality({ bitrate: 96_000 }),
  });
  output.addAudioTrack(track);
  return async () => {
    await track.add(makeBeeps(beeps));
    track.close();
  };
}

/** Sky, a striped field and a sun that crosses it as `progress` goes from 0 to 1. */
function drawScene(
  context: OffscreenCanvasRenderingContext2D,
  { width, height, dip }: ClipPlan,
  progress: number,
): void {
  const sky = context.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, '#4f8fd8');
  sky.addColorStop(1, '#cfe4f5');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#5b8a3a';
  context.fillRect(0, height * 0.6, width, height * 0.4);
  context.fillStyle = '#86b45c';
  for (let x = 0; x < width; x += 8) {
    context.fillRect(x, height * 0.6, 3, height * 0.4);
  }
  context.fillStyle = '#f6d24a';
  context.beginPath();
  const { x, y, radius } = sunAt(progress, dip);
  context.arc(width * x, height * y, height * radius, 0, 7);
  context.fill();
}
