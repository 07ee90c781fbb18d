import { openClip } from '../../src/media/open-clip.ts';
import type { ClipInfo, Picture } from '../../src/protocol/media.ts';
import { harnessFile } from './files.ts';

/** Means over a picture, in levels of 0 to 255. Chroma is the mean distance of Cb and Cr (BT.601) from grey. */
export type Colour = { luma: number; chroma: number; red: number; green: number; blue: number };

export type Inspection = {
  readonly info: ClipInfo;
  readonly times: number[];
  /** Colour of each frame that was asked for. */
  readonly colours: Record<number, Colour>;
};

export function measureColour({ data }: Pick<Picture, 'data'>): Colour {
  let red = 0;
  let green = 0;
  let blue = 0;
  let chroma = 0;
  const pixels = data.length / 4;
  for (let i = 0; i < data.length; i += 4) {
    const r = data[i] ?? 0;
    const g = data[i + 1] ?? 0;
    const b = data[i + 2] ?? 0;
    red += r;
    green += g;
    blue += b;
    chroma +=
      (Math.abs(-0.168736 * r - 0.331264 * g + 0.5 * b) +
        Math.abs(0.5 * r - 0.418688 * g - 0.081312 * b)) /
      2;
  }
  const mean = (sum: number) => sum / pixels;
  return {
    luma: 0.299 * mean(red) + 0.587 * mean(green) + 0.114 * mean(blue),
    chroma: mean(chroma),
    red: mean(red),
    green: mean(green),
    blue: mean(blue),
  };
}

/** Opens a provided file and measures some of its frames; every frame is decoded, so `times` has only what is there. */
export async function inspectClip(name: string, frames: readonly number[]): Promise<Inspection> {
  const clip = await openClip(harnessFile(name));
  try {
    const colours: Record<number, Colour> = {};
    const times: number[] = [];
    for await (const frame of clip.frames(0, clip.info.frameCount)) {
      times.push(frame.time);
      if (frames.includes(frame.index)) {
        colours[frame.index] = measureColour(frame.picture);
      }
    }
    return { info: clip.info, times, colours };
  } finally {
    clip.dispose();
  }
}

/** An onset is a rise over this share of full scale after this much quiet. */
const LOUD = 0.1;
const QUIET_SECONDS = 0.2;

/** Times (seconds from the first shown frame) at which the sound sets in after a pause: beeps, for sync checks. */
export async function soundOnsets(name: string): Promise<number[]> {
  const clip = await openClip(harnessFile(name));
  try {
    const onsets: number[] = [];
    let lastLoud = Number.NEGATIVE_INFINITY;
    for await (const sample of clip.sound?.samples() ?? []) {
      const data = new Float32Array(sample.numberOfFrames);
      sample.copyTo(data, { planeIndex: 0, format: 'f32-planar' });
      data.forEach((value, i) => {
        if (Math.abs(value) > LOUD) {
          const time = sample.timestamp + i / sample.sampleRate;
          if (time - lastLoud > QUIET_SECONDS) {
            onsets.push(time);
          }
          lastLoud = time;
        }
      });
      sample.close();
    }
    return onsets;
  } finally {
    clip.dispose();
  }
}
