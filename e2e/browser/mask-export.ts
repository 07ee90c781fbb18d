import { runExportJob } from '../../src/engine/export-job.ts';
import { rasteriseMask } from '../../src/gpu/kernels/mask/mask.cpu.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type { MaskLayer, MaskTrack } from '../../src/project/document.ts';
import { evaluateMask } from '../../src/project/evaluate.ts';
import type { Frame, Picture } from '../../src/protocol/media.ts';
import { PictureScaler } from '../../src/render/preview/painter.ts';
import { openPictureStore, type PictureStore } from '../../src/store/picture-store.ts';
import { makeClip } from './make-clip.ts';
import { projectWith } from './render.ts';

const PLAN = { width: 320, height: 180, frames: 20, frameRate: 20 };
const MODEL = { width: 160, height: 96 };
const [RECIPE, BASE] = ['b'.repeat(64), 'c'.repeat(64)];
const DURATION = 1_000_000;
const LAST = 950_000;

/** The sun of the clip goes from 15 to 85 % of the width; its radius is 15 % of the height. */
function sunAt(time: number): { x: number; y: number } {
  return { x: 0.15 + (0.7 * time) / LAST, y: 0.3 };
}

/** Its box with a tenth of its size around it. */
function boxAround(time: number) {
  const { x, y } = sunAt(time);
  const [width, height] = [(0.33 * PLAN.height) / PLAN.width, 0.33];
  return { x: x - width / 2, y: y - height / 2, width, height, rotation: 0 };
}

const FOLLOWING: MaskLayer = {
  id: 'sun',
  combine: 'add',
  shape: 'ellipse',
  keyframes: [0, 400_000, LAST].map((time) => ({ time, easing: 'linear', ...boxAround(time) })),
};

const PATH: MaskLayer = {
  id: 'path',
  combine: 'add',
  shape: 'path',
  keyframes: [0, 0.4].map((x, i) => ({
    time: i * LAST,
    easing: 'ease',
    points: [
      { x: 0.1 + x, y: 0.2, in: { x: 0, y: 0 }, out: { x: 0.1, y: -0.1 } },
      { x: 0.5 + x, y: 0.3, in: { x: -0.1, y: -0.1 }, out: { x: 0, y: 0 } },
      { x: 0.3 + x, y: 0.9, in: { x: 0, y: 0 }, out: { x: 0, y: 0 } },
    ],
  })),
};

const BRUSH: MaskLayer = {
  id: 'brush',
  combine: 'subtract',
  shape: 'brush',
  keyframes: [
    {
      time: 0,
      easing: 'hold',
      strokes: [
        {
          points: [
            { x: 0.2, y: 0.5 },
            { x: 0.8, y: 0.4 },
          ],
          size: 0.3,
          softness: 0.5,
          erase: false,
        },
        { points: [{ x: 0.5, y: 0.45 }], size: 0.2, softness: 0, erase: true },
      ],
    },
  ],
};

export const MASKS = {
  following: { feather: 0.04, grow: 0, invert: false, layers: [FOLLOWING] },
  layers: { feather: 0.02, grow: 0.01, invert: false, layers: [PATH, BRUSH] },
  inverted: { feather: 0.1, grow: -0.02, invert: true, layers: [PATH, FOLLOWING] },
} satisfies Record<string, MaskTrack>;

/** Stands in for a model: red and blue change places. */
async function storeSwapped(store: PictureStore, frame: Frame, scaler: PictureScaler) {
  const base = scaler.scale(frame.picture, MODEL);
  const data = base.data.map(
    (_, at) => base.data[at % 4 === 0 ? at + 2 : at % 4 === 2 ? at - 2 : at] ?? 0,
  );
  await store.put(BASE, frame.index, base);
  await store.put(RECIPE, frame.index, { ...base, data });
}

export type MaskedFrame = {
  /** Bytes that differ from the source where the mask is 0, and the share of pixels it is 0 at. */
  readonly changedOutside: number;
  readonly shareOutside: number;
  /** Means of what changed where the mask is 255, per byte. */
  readonly changedInside: number;
  /** The sun's middle as it was exported: red minus blue, positive for a yellow sun. */
  readonly sun: number;
  /** Of the file that was written: the same, after the codec. */
  readonly sunInFile: number;
};

type Exported = { readonly file: File; readonly frames: ReadonlyMap<number, Uint8Array> };

/** Exports with every frame as PNG besides; `sources` are the clip's own frames. */
async function exportWith(
  track: MaskTrack,
  clip: File,
  sources: readonly Frame[],
): Promise<Exported> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(`test-${crypto.randomUUID()}`, { create: true });
  const pictures = await openPictureStore(folder);
  const scaler = new PictureScaler();
  for (const frame of sources) {
    await storeSwapped(pictures, frame, scaler);
  }
  const target = await folder.getFileHandle('masked.mp4', { create: true });
  const frames = new Map<number, Uint8Array>();
  await runExportJob(
    {
      jobId: 'export',
      sources: [{ clipId: 'clip', file: clip }],
      project: projectWith({ mask: track, span: { from: 0, to: DURATION } }),
      results: [{ editId: 'edit', recipe: RECIPE, base: BASE, anchors: [] }],
      container: 'mp4',
      target,
      wantFrames: true,
    },
    pictures,
    () => {},
    new AbortController().signal,
    (index, png) => {
      frames.set(index, png);
      return Promise.resolve();
    },
  );
  return { file: await target.getFile(), frames };
}

/** Exports a clip of a moving sun with a masked edit, and measures every exported frame. */
export async function exportMasked(name: keyof typeof MASKS): Promise<MaskedFrame[]> {
  const track: MaskTrack = MASKS[name];
  const clip = await makeClip(PLAN);
  const sources = await readAll(clip);
  const { file, frames } = await exportWith(track, clip, sources);
  const written = await readAll(file);
  const measured: MaskedFrame[] = [];
  for (const source of sources) {
    const png = frames.get(source.index);
    const after = written[source.index];
    if (png === undefined || after === undefined) {
      throw new Error(`frame ${source.index} was not exported`);
    }
    const shown = await decodePng(png);
    const mask = rasteriseMask(evaluateMask(track, source.time), PLAN);
    measured.push({
      ...compare(source.picture, shown, mask),
      sun: warmth(shown, source.time),
      sunInFile: warmth(after.picture, source.time),
    });
  }
  return measured;
}

async function readAll(file: File): Promise<Frame[]> {
  const clip = await openClip(file);
  const frames: Frame[] = [];
  for await (const frame of clip.frames(0, clip.info.frameCount)) {
    frames.push(frame);
  }
  clip.dispose();
  return frames;
}

function compare(before: Picture, after: Picture, mask: Uint8Array) {
  let changedOutside = 0;
  let outside = 0;
  let inside = 0;
  let change = 0;
  mask.forEach((value, pixel) => {
    for (let at = pixel * 4; at < pixel * 4 + 3; at++) {
      const difference = Math.abs((before.data[at] ?? 0) - (after.data[at] ?? 0));
      if (value === 0) {
        changedOutside += difference === 0 ? 0 : 1;
      } else if (value === 255) {
        inside++;
        change += difference;
      }
    }
    outside += value === 0 ? 1 : 0;
  });
  return {
    changedOutside,
    shareOutside: outside / mask.length,
    changedInside: inside === 0 ? 0 : change / inside,
  };
}

function warmth({ data, width, height }: Picture, time: number): number {
  const { x, y } = sunAt(time);
  const at = (Math.round(y * height) * width + Math.round(x * width)) * 4;
  return (data[at] ?? 0) - (data[at + 2] ?? 0);
}

async function decodePng(png: Uint8Array): Promise<Picture> {
  const blob = new Blob([png.slice()], { type: 'image/png' });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
  if (context === null) {
    throw new Error('no 2D context');
  }
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
