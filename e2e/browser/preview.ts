import { PreviewClient } from '../../src/app/preview-client.ts';
import { openClip } from '../../src/media/open-clip.ts';
import { PictureScaler } from '../../src/render/preview/painter.ts';
import type { Shown, View } from '../../src/protocol/preview.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { makeClip } from './make-clip.ts';
import { PLAN, projectWith, RESULTS, storeEdit } from './render.ts';

const SHOWN_SIZE = { width: 240, height: 135 };
const EDITED_FRAME = 10;
const MISSING_FRAME = 12;

type Viewer = {
  readonly file: File;
  readonly client: PreviewClient;
  readonly canvas: HTMLCanvasElement;
  readonly view: (frame: number, split: number) => View;
};

/** The preview worker as the page starts it, with a clip open and one frame of an edit stored. */
async function openViewer(): Promise<Viewer> {
  const file = await makeClip(PLAN);
  const client = new PreviewClient((error) => {
    throw error;
  });
  const canvas = document.createElement('canvas');
  document.body.append(canvas);
  await client.attach(canvas);
  await client.resize(SHOWN_SIZE.width, SHOWN_SIZE.height);
  const { info } = await client.open(file, new AbortController().signal);
  const clip = await openClip(file);
  await storeEdit(await openPictureStore(), await clip.frame(EDITED_FRAME), new PictureScaler());
  clip.dispose();
  const project = projectWith({}, info.fingerprint);
  return {
    file,
    client,
    canvas,
    view: (frame, split) => ({ project, results: RESULTS, frame, split }),
  };
}

/** Mean luma of the left and the right half of what the canvas shows. */
async function look(canvas: HTMLCanvasElement): Promise<{ left: number; right: number }> {
  // A worker's drawing reaches the page's canvas with one of the next frames.
  for (let wait = 0; wait < 3; wait++) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return measure(canvas, canvas.width, canvas.height);
}

function measure(
  image: CanvasImageSource,
  width: number,
  height: number,
): { left: number; right: number } {
  const copy = new OffscreenCanvas(width, height);
  const context = copy.getContext('2d');
  context?.drawImage(image, 0, 0);
  const half = Math.floor(width / 2);
  const mean = (from: number): number => {
    const data = context?.getImageData(from, 0, half, height).data ?? new Uint8ClampedArray();
    return data.reduce((sum, value, at) => (at % 4 === 1 ? sum + value : sum), 0) / half / height;
  };
  return { left: Math.round(mean(0)), right: Math.round(mean(half)) };
}

export async function drawsViews(): Promise<unknown> {
  const { file, client, canvas, view } = await openViewer();
  const out: Record<string, unknown> = {};
  for (const [name, frame, split] of [
    ['source', EDITED_FRAME, 1],
    ['edit', EDITED_FRAME, 0],
    ['split', EDITED_FRAME, 0.5],
    ['missing', MISSING_FRAME, 0.5],
    ['outside', 20, 0.5],
  ] as const) {
    const shown = await client.show(view(frame, split));
    out[name] = { shown, ...(await look(canvas)) };
  }
  await client.close();
  const closed = await client.show(view(0, 0));
  await client.open(file, new AbortController().signal);
  const reopened = await client.show(view(EDITED_FRAME, 0));
  client.dispose();
  return { ...out, size: [canvas.width, canvas.height], closed, reopened };
}

/** Asks for all frames at once, as a hasty scrub does: what each call said. */
export async function dropsOldViews(): Promise<unknown> {
  const { client, view } = await openViewer();
  const wanted = [3, 25, 7, 14, EDITED_FRAME];
  const shown = await Promise.all(wanted.map((frame) => client.show(view(frame, 0))));
  client.dispose();
  return {
    last: shown.at(-1) ?? null,
    dropped: shown.filter((one) => one === null).length,
    others: shown.filter((one): one is Shown => one !== null).map((one) => one.frame),
  };
}

export async function playsInOrder(): Promise<unknown> {
  const { client, view } = await openViewer();
  const frames: (number | undefined)[] = [];
  for (let frame = 0; frame < PLAN.frames; frame++) {
    frames.push((await client.show(view(frame, 0.5)))?.frame);
  }
  client.dispose();
  return frames;
}

export async function makesThumbnails(): Promise<unknown> {
  const { client, view } = await openViewer();
  const out: unknown[] = [];
  const { signal } = new AbortController();
  const frames = [EDITED_FRAME, MISSING_FRAME, 20];
  await client.thumbnails(
    view(0, 0),
    frames,
    44,
    (frame, image) => {
      const { width, height } = image;
      out.push({ frame, width, height, isDark: measure(image, width, height).left < 100 });
      image.close();
    },
    signal,
  );
  client.dispose();
  return out;
}

export async function refusesBadFiles(): Promise<unknown> {
  const { client, view } = await openViewer();
  const codes: unknown[] = [];
  for (const size of [0, 5_000]) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251);
    const file = new File([bytes], 'bad.mp4');
    codes.push(
      await client.open(file, new AbortController().signal).then(
        () => 'opened',
        (error: { code?: string }) => error.code,
      ),
    );
  }
  const still = await client.show(view(EDITED_FRAME, 0));
  client.dispose();
  return { codes, still };
}
