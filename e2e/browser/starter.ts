import { must } from '../../src/base/assert.ts';
import { DisposalScope } from '../../src/base/disposal.ts';
import type { Size } from '../../src/base/units.ts';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import { toSchedulerConfig } from '../../src/engine/scheduler-config.ts';
import { DiffusionModel } from '../../src/engine/model.ts';
import { openPackage } from '../../src/engine/package.ts';
import { createHttpSource } from '../../src/engine/package-source.ts';
import { downloadPictures, uploadPictures } from '../../src/engine/picture-tensors.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import type { Tensor, TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { Sampling } from '../../src/engine/sampling.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import { resizePicture } from '../../src/gpu/kernels/resize/resize.cpu.ts';
import type { Picture } from '../../src/protocol/media.ts';
import { base64Of, bytesOf, pictureOf, transferOf, type Transfer } from './picture-transfer.ts';

/* The starter package on the cpu runtime, picture by picture: what its evaluation asks of the engine. */

/** A prompt on one of the held pictures. */
export type EditEntry = {
  readonly prompt: string;
  /** Number of the held picture. */
  readonly picture: number;
  /** Latent mask, 1 = edit. */
  readonly mask: readonly number[] | null;
};

/** Edits of one batch. Either all entries have a mask or none has: null edits everywhere. */
export type EditCall = {
  readonly entries: readonly EditEntry[];
  readonly seed: number;
  /** The edits are made once for each of these numbers of sampling steps. */
  readonly steps: readonly number[];
};

/** Frames of 256 x 256 pixels per graph run, as the engine has it on this runtime. */
const BATCH = 4;
const clock = new StageClock();
const never = new AbortController().signal;

let started: Promise<TensorRuntime> | null = null;
let loaded: DiffusionModel | null = null;
/** Source latents of the held pictures. */
let held: Float32Array[] = [];

async function runtimeOf(): Promise<TensorRuntime> {
  started ??= createRuntime('cpu');
  return await started;
}

function model(): DiffusionModel {
  return must(loaded ?? undefined, 'a loaded model');
}

/** Loads a package for one size of picture; what was loaded and held before is gone. */
export async function loadModel(id: string, size: Size): Promise<void> {
  const runtime = await runtimeOf();
  loaded?.dispose();
  held = [];
  const source = createHttpSource(id, new URL('/', location.origin));
  const modelPackage = await openPackage(source, never);
  const parts = { runtime, package: modelPackage, size, clock };
  loaded = await DiffusionModel.load(parts, never, () => undefined);
}

/** A photo as the browser decodes it, scaled to `size`. */
export async function decodeImage(base64: string, size: Size): Promise<Transfer> {
  const bitmap = await createImageBitmap(new Blob([bytesOf(base64)]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = must(canvas.getContext('2d') ?? undefined, 'a canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return transferOf(resizePicture({ width, height, data: Uint8ClampedArray.from(data) }, size));
}

/** Pictures to latents and back. */
export async function passThrough(pictures: readonly Transfer[]): Promise<Transfer[]> {
  return (await autoencode(pictures.map(pictureOf))).map(({ picture }) => transferOf(picture));
}

/** Encodes pictures of the loaded size and holds their latents; their reconstructions. */
export async function holdPictures(pictures: readonly Transfer[]): Promise<Transfer[]> {
  const made = await autoencode(pictures.map(pictureOf));
  held = made.map(({ latents }) => latents);
  return made.map(({ picture }) => transferOf(picture));
}

async function autoencode(
  pictures: readonly Picture[],
): Promise<{ latents: Float32Array; picture: Picture }[]> {
  const runtime = await runtimeOf();
  const { imageRange } = model().manifest.latent;
  const made: { latents: Float32Array; picture: Picture }[] = [];
  for (let from = 0; from < pictures.length; from += BATCH) {
    const some = pictures.slice(from, from + BATCH);
    const scope = new DisposalScope();
    try {
      const images = scope.own(uploadPictures(runtime, some, imageRange));
      const latents = scope.own(await model().encode(images));
      const values = await runtime.download(latents);
      const count = values.length / some.length;
      const decoded = await decode(latents);
      decoded.forEach((picture, i) => {
        made.push({ latents: values.slice(i * count, (i + 1) * count), picture });
      });
    } finally {
      scope.dispose();
    }
  }
  return made;
}

async function decode(latents: Tensor): Promise<Picture[]> {
  const runtime = await runtimeOf();
  const images = await model().decode(latents);
  const { imageRange } = model().manifest.latent;
  try {
    return await downloadPictures(runtime, images, imageRange, model().size, latents.shape[0] ?? 0);
  } finally {
    images.dispose();
  }
}

/** Plain decodes of the edits, without detail transfer: per number of steps, per entry. */
export async function editPictures(call: EditCall): Promise<Transfer[][]> {
  const scope = new DisposalScope();
  try {
    await setPrompts(
      call.entries.map(({ prompt }) => prompt),
      scope,
    );
    const results: Transfer[][] = [];
    for (const steps of call.steps) {
      results.push((await sample(call, steps)).map(transferOf));
    }
    return results;
  } finally {
    scope.dispose();
  }
}

/** Gives each entry of a batch its own prompt; the keys and values are the scope's. */
async function setPrompts(prompts: readonly string[], scope: DisposalScope): Promise<void> {
  const runtime = await runtimeOf();
  const parts = new Map<string, { k: Tensor[]; v: Tensor[] }>();
  for (const prompt of prompts) {
    const { context } = await model().setPrompt({ prompt, negative: '' });
    for (const [site, { k, v }] of context) {
      const known = parts.get(site) ?? { k: [], v: [] };
      // The encoder drops its own with the next prompt.
      known.k.push(scope.own(runtime.reshape(k, k.shape)));
      known.v.push(scope.own(runtime.reshape(v, v.shape)));
      parts.set(site, known);
    }
  }
  const joint = new Map<string, { k: Tensor; v: Tensor }>();
  for (const [site, { k, v }] of parts) {
    joint.set(site, {
      k: scope.own(await runtime.concat(k, 0)),
      v: scope.own(await runtime.concat(v, 0)),
    });
  }
  model().setContext(joint);
}

async function sample({ entries, seed }: EditCall, steps: number): Promise<Picture[]> {
  const runtime = await runtimeOf();
  const { manifest, latentShape } = model();
  const sampling = new Sampling({
    runtime,
    model: model(),
    sampler: createSampler(toSchedulerConfig(manifest), { steps, strength: 1 }),
    seed,
    // A package of one branch is not guided.
    guidance: { text: manifest.guidance.text, image: 1, rescale: 0 },
    noisePerFrame: false,
    startsFromNoise: true,
    signal: never,
  });
  const [channels, height, width] = latentShape;
  const frames = entries.length;
  const latents = joined(entries.map(({ picture }) => must(held[picture], `picture ${picture}`)));
  const source = runtime.upload(latents, [frames, channels, height, width], 'f32');
  const masks = entries.flatMap(({ mask }) => (mask === null ? [] : [mask]));
  const mask =
    masks.length === 0 ? null : runtime.upload(joined(masks), [frames, 1, height, width], 'f32');
  const trajectory = await sampling.start(
    { source, mask, hole: null },
    entries.map(({ picture }) => picture),
  );
  try {
    for (let step = 0; step < sampling.steps; step++) {
      // A picture on its own is its own anchor.
      await sampling.advance(trajectory, step, (_, own) => [own]);
    }
    return await decode(trajectory.sample);
  } finally {
    trajectory.dispose();
  }
}

function joined(parts: readonly ArrayLike<number>[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

export type SheetRow = { readonly label: string; readonly tiles: readonly Transfer[] };

const HEADER = 18;
const LABEL = 16;
const GAP = 4;

/** Rows of labelled pictures under column titles, as a PNG in base64. */
export async function drawSheet(
  titles: readonly string[],
  rows: readonly SheetRow[],
): Promise<string> {
  const tiles = rows.flatMap((row) => row.tiles);
  const cellWidth = Math.max(...tiles.map(({ width }) => width)) + GAP;
  const heights = rows.map((row) => Math.max(...row.tiles.map(({ height }) => height)));
  const height = HEADER + heights.reduce((sum, side) => sum + side + LABEL + GAP, 0);
  const canvas = new OffscreenCanvas(cellWidth * titles.length, height);
  const context = must(canvas.getContext('2d') ?? undefined, 'a canvas');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = 'black';
  context.font = '13px sans-serif';
  titles.forEach((title, column) => {
    context.fillText(title, column * cellWidth + 2, HEADER - 5);
  });
  let top = HEADER;
  rows.forEach((row, i) => {
    context.fillText(row.label, 2, top + LABEL - 4);
    row.tiles.forEach((tile, column) => {
      const { data, ...size } = pictureOf(tile);
      const image = new ImageData(data, size.width, size.height);
      context.putImageData(image, column * cellWidth, top + LABEL);
    });
    top += (heights[i] ?? 0) + LABEL + GAP;
  });
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return base64Of(new Uint8Array(await blob.arrayBuffer()));
}
