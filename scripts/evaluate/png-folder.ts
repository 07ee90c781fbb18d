import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png';
import { AppError } from '../../src/base/error.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import type { FrameSequence } from './sequence.ts';

/** A PNG as 8-bit RGBA. Transparency is left out: frames have none. Throws `media/damaged`. */
export async function readPng(path: string): Promise<Picture> {
  let png: DecodedPng;
  try {
    png = decode(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('media/damaged', `${path} is not a PNG that can be read (${reason}).`, {
      cause,
    });
  }
  if (png.depth === 16) {
    throw new AppError('media/damaged', `${path} has 16 bits per channel; frames have 8.`);
  }
  const { width, height } = png;
  const isIndexed = png.palette !== undefined;
  const values = isIndexed ? convertIndexedToRgb(png) : png.data;
  const channels = values.length / (width * height);
  if (!Number.isInteger(channels) || (png.depth !== 8 && !isIndexed)) {
    throw new AppError(
      'media/damaged',
      `${path} has ${png.depth} bits per channel; frames have 8.`,
    );
  }
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      // One channel, or two with transparency: grey.
      data[i * 4 + c] = values[i * channels + (channels < 3 ? 0 : c)] ?? 0;
    }
  }
  return { width, height, data };
}

/** `12.png` before `100.png`. */
const byName = new Intl.Collator('en', { numeric: true });

/**
 * The PNG files of a folder in the order of their names, all of the first one's size. Throws `media/not-a-video` if
 * there are none, `evaluate/mismatch` on reading one of another size.
 */
export async function openPngFolder(path: string): Promise<FrameSequence> {
  const files = (await readdir(path))
    .filter((name) => name.toLowerCase().endsWith('.png') && !name.startsWith('.'))
    .sort((a, b) => byName.compare(a, b));
  const [first] = files;
  if (first === undefined) {
    throw new AppError('media/not-a-video', `The folder ${path} holds no PNG frames.`);
  }
  const { width, height } = await readPng(join(path, first));
  const stems = files.map((name) => name.slice(0, -'.png'.length));
  return {
    name: basename(path),
    width,
    height,
    count: files.length,
    isFolder: true,
    numbers: stems.every((stem) => /^\d+$/.test(stem)) ? stems.map(Number) : null,
    times: null,
    read: async (at) => {
      const file = join(path, files[at] ?? '');
      const picture = await readPng(file);
      if (picture.width !== width || picture.height !== height) {
        throw new AppError(
          'evaluate/mismatch',
          `${file} is ${picture.width} x ${picture.height}, the frames before it ${width} x ${height}.`,
        );
      }
      return picture;
    },
  };
}
