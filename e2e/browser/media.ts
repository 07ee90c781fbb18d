import type { ClipReader } from '../../src/media/clip-reader.ts';
import { createClipWriter } from '../../src/media/clip-writer.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type { WriterPlan } from '../../src/media/writer-plan.ts';
import type { ClipInfo, Picture } from '../../src/protocol/media.ts';
import { harnessFile } from './files.ts';
import { findOnsets } from './media-cases.ts';

export type ClipReport = {
  info: ClipInfo;
  times: number[];
  decoded: number;
  milliseconds: { open: number; decode: number };
};

/** Opens a provided file and decodes every frame. */
export async function readWhole(name: string): Promise<ClipReport> {
  const begin = performance.now();
  const clip = await openClip(harnessFile(name));
  const opened = performance.now();
  let decoded = 0;
  for await (const frame of clip.frames(0, clip.times.length)) {
    if (frame.index !== decoded || frame.time !== clip.times[decoded]) {
      throw new Error(`frame ${frame.index} came as number ${decoded}`);
    }
    decoded++;
  }
  const report = {
    info: clip.info,
    times: [...clip.times],
    decoded,
    milliseconds: { open: opened - begin, decode: performance.now() - opened },
  };
  clip.dispose();
  return report;
}

/** Largest difference of a frame that was asked for by itself from the same frame read in order. */
export async function compareSeeks(name: string, order: readonly number[]): Promise<number[]> {
  const clip = await openClip(harnessFile(name));
  const expected = new Map<number, Picture>();
  for await (const { index, picture } of clip.frames(0, clip.times.length)) {
    if (order.includes(index)) {
      expected.set(index, picture);
    }
  }
  const differences: number[] = [];
  for (const index of order) {
    const { picture } = await clip.frame(index);
    const other = expected.get(index)?.data ?? new Uint8ClampedArray();
    differences.push(
      picture.data.reduce(
        (worst, value, i) => Math.max(worst, Math.abs(value - (other[i] ?? 999))),
        0,
      ),
    );
  }
  clip.dispose();
  return differences;
}

export type RoundTrip = {
  plan: WriterPlan;
  bytes: number;
  source: ClipInfo;
  result: ClipInfo;
  /** Largest distance between a frame's time in the source and in the export, in microseconds. */
  timeError: number;
  /** Mean absolute difference of the pixels over all frames, in levels. */
  meanDifference: number;
  /** Mean signed difference per channel: shows a wrong colour matrix or range. */
  bias: [number, number, number];
  sourceOnsets: number[];
  resultOnsets: number[];
  soundLag: number | null;
  soundStarts: (number | null)[];
};

/** Exports every frame of a clip as it is, opens the export and compares. */
export async function roundTrip(
  name: string,
  container: 'auto' | 'mp4' | 'webm',
): Promise<RoundTrip> {
  const source = await openClip(harnessFile(name));
  const root = await navigator.storage.getDirectory();
  const target = await root.getFileHandle(`round-trip-${crypto.randomUUID()}`, { create: true });
  const writer = await createClipWriter({ source, target, container });
  for await (const { picture, time, duration } of source.frames(0, source.times.length)) {
    await writer.add(picture, time, duration);
  }
  const { bytes } = await writer.finish();
  const result = await openClip(await target.getFile());
  const compared = await comparePictures(source, result);
  const report: RoundTrip = {
    plan: writer.plan,
    bytes,
    source: source.info,
    result: result.info,
    timeError: source.times.reduce(
      (worst, time, index) => Math.max(worst, Math.abs(time - (result.times[index] ?? NaN))),
      0,
    ),
    ...compared,
    sourceOnsets: await findOnsets(source),
    resultOnsets: await findOnsets(result),
    soundLag: await soundLag(source, result),
    soundStarts: [source.sound?.start ?? null, result.sound?.start ?? null],
  };
  result.dispose();
  source.dispose();
  await root.removeEntry(target.name);
  return report;
}

/** A sample of the pixels is enough to tell a wrong picture from a coded one. */
const PIXEL_STRIDE = 7;

async function comparePictures(
  a: ClipReader,
  b: ClipReader,
): Promise<{ meanDifference: number; bias: [number, number, number] }> {
  const bias: [number, number, number] = [0, 0, 0];
  let sum = 0;
  let pixels = 0;
  const others = b.frames(0, b.times.length);
  for await (const { picture } of a.frames(0, a.times.length)) {
    const other = (await others.next()).value?.picture;
    if (other === undefined || other.data.length !== picture.data.length) {
      break;
    }
    for (let i = 0; i < picture.data.length; i += 4 * PIXEL_STRIDE) {
      for (let c = 0; c < 3; c++) {
        const difference = (other.data[i + c] ?? 0) - (picture.data[i + c] ?? 0);
        bias[c as 0 | 1 | 2] += difference;
        sum += Math.abs(difference);
      }
      pixels++;
    }
  }
  await others.return(undefined);
  return {
    meanDifference: sum / pixels / 3,
    bias: [bias[0] / pixels, bias[1] / pixels, bias[2] / pixels],
  };
}

/** Loudness in steps of 2 ms on the clip's clock, from one second before the first shown frame. */
const STEP = 0.002;
const LEAD_STEPS = 500;

async function envelope(clip: ClipReader): Promise<number[] | null> {
  if (clip.sound === null || !(await clip.sound.canDecode())) {
    return null;
  }
  const steps: number[] = [];
  for await (const sample of clip.sound.samples()) {
    const values = new Float32Array(sample.numberOfFrames);
    sample.copyTo(values, { planeIndex: 0, format: 'f32-planar' });
    for (const [i, value] of values.entries()) {
      const time = sample.timestamp + i / sample.sampleRate;
      const step = Math.floor(time / STEP) + LEAD_STEPS;
      // What lies before the start primes the decoder and isn't heard.
      if (step >= 0 && time >= clip.sound.start - STEP) {
        steps[step] = (steps[step] ?? 0) + value * value;
      }
    }
    sample.close();
  }
  return Array.from(steps, (value) => Math.sqrt(value ?? 0));
}

/** How much later the second sound is, in seconds, where the two are most alike; null if there is nothing to compare. */
async function soundLag(a: ClipReader, b: ClipReader): Promise<number | null> {
  const [first, second] = [await envelope(a), await envelope(b)];
  if (first === null || second === null || !first.some((value) => value > 0.01)) {
    return null;
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(first), mean(second)];
  let best = { lag: 0, score: -Infinity };
  for (let lag = -150; lag <= 150; lag++) {
    let score = 0;
    for (const [i, value] of first.entries()) {
      score += (value - meanA) * ((second[i + lag] ?? meanB) - meanB);
    }
    if (score > best.score) {
      best = { lag, score };
    }
  }
  return best.lag * STEP;
}
