import { toAppError } from '../../src/base/error.ts';
import { openClip } from '../../src/media/open-clip.ts';
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
