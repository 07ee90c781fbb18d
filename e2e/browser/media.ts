import { toAppError } from '../../src/base/error.ts';
import type { ClipReader } from '../../src/media/clip-reader.ts';
import { createClipWriter } from '../../src/media/clip-writer.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type { WriterPlan } from '../../src/media/writer-plan.ts';
import type { ClipInfo, Picture } from '../../src/protocol/media.ts';
import { harnessFile } from './files.ts';

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

/** A frame as a PNG data URL, for looking at. */
export async function framePng(name: string, index: number): Promise<string> {
  const clip = await openClip(harnessFile(name));
  const { picture } = await clip.frame(index < 0 ? clip.times.length + index : index);
  clip.dispose();
  return await toPng(picture);
}

async function toPng(picture: Picture): Promise<string> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas
    .getContext('2d')
    ?.putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}

/** The code of the error that opening the file ends with, or null. */
export async function openError(name: string): Promise<{ code: string; message: string } | null> {
  try {
    (await openClip(harnessFile(name))).dispose();
    return null;
  } catch (error) {
    const { code, message } = toAppError(error, 'internal/assert');
    return { code, message };
  }
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
    sourceOnsets: await soundOnsets(source),
    resultOnsets: await soundOnsets(result),
  };
  result.dispose();
  source.dispose();
  await root.removeEntry(target.name);
  return report;
}

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
    for (let i = 0; i < picture.data.length; i += 4) {
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

/** Seconds from the first shown frame at which the sound gets loud after at least 0.2 s of quiet. */
async function soundOnsets(clip: ClipReader): Promise<number[]> {
  const onsets: number[] = [];
  let lastLoud = -Infinity;
  if (clip.sound === null || !(await clip.sound.canDecode())) {
    return onsets;
  }
  for await (const sample of clip.sound.samples()) {
    const values = new Float32Array(sample.numberOfFrames);
    sample.copyTo(values, { planeIndex: 0, format: 'f32-planar' });
    for (const [i, value] of values.entries()) {
      const time = sample.timestamp + i / sample.sampleRate;
      if (Math.abs(value) > 0.05) {
        if (time - lastLoud > 0.2) {
          onsets.push(Math.round(time * 1e4) / 1e4);
        }
        lastLoud = time;
      }
    }
    sample.close();
  }
  return onsets;
}
