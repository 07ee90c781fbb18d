import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../src/base/error.ts';
import type { Size } from '../../src/base/units.ts';
import { planModelSize } from '../../src/diffusion/model-size.ts';
import { shuffled } from './seeded.ts';
import { readTar } from './tar.ts';

/** How a class of objects is named in prompts. */
export type Thing = { readonly a: string; readonly the: string; readonly noun: string };

export type TestPhoto = {
  readonly file: string;
  readonly thing: Thing;
  /** At which the model sees it. */
  readonly size: Size;
  readonly webp: Uint8Array;
  /** Grey, lossless, half the photo's size, 255 = object. */
  readonly mask: Uint8Array;
  /** A scene in colour with an object that is cut out well: every edit can be told apart on it. */
  readonly isClear: boolean;
};

export type EditWords = {
  readonly id: string;
  readonly heldout: readonly string[];
  readonly oblique: readonly string[];
};

export type ColourWords = {
  /** Of 255. */
  readonly rgb: readonly [number, number, number];
  readonly train: readonly string[];
  readonly heldout: readonly string[];
};

export type Dataset = {
  /** Unseen in training, without the classes that ask for caution; in seeded order. */
  readonly photos: readonly TestPhoto[];
  readonly things: readonly Thing[];
  /** Phrases like “by a calm lake”, of unseen scenery. */
  readonly places: readonly string[];
  readonly edits: readonly EditWords[];
  readonly colours: Readonly<Record<string, ColourWords>>;
};

type PhotosJson = {
  classes: Record<string, Thing & { caution?: string }>;
  images: {
    file: string;
    class: string;
    w: number;
    h: number;
    split: string;
    gray: boolean;
    background: string;
    mask: { quality: string; confidence: number; area: number };
  }[];
};
type SceneryJson = { images: { split: string; where: string }[] };
type PromptsJson = {
  colors: Record<string, ColourWords>;
  edits: { id: string; heldout: string[]; heldout_oblique?: string[] }[];
};

/** The same limits of a mask as in training, and room on both sides of it. */
const LEAST_CONFIDENCE = 0.88;
const AREA = [0.08, 0.6] as const;

/** Reads the held-out part of the training data; photos are scaled to an area of `size` x `size` pixels. */
export async function readDataset(
  folder: string,
  options: { readonly size: number; readonly stride: number; readonly seed: number },
): Promise<Dataset> {
  const read = async (name: string): Promise<Buffer> =>
    await readFile(join(folder, name)).catch((cause: unknown) => {
      throw new AppError('cli/usage', `There is no ${name} in ${folder}.`, { cause });
    });
  const json = async <T>(name: string): Promise<T> =>
    JSON.parse((await read(name)).toString('utf8')) as T;
  const [meta, prompts, scenery] = [
    await json<PhotosJson>('photos.json'),
    await json<PromptsJson>('prompts.json'),
    await json<SceneryJson>('scenery.json'),
  ];
  const photos = readTar(await read('photos.tar'));
  const masks = readTar(await read('masks.tar'));
  const unseen = meta.images.filter(
    ({ split, class: name }) => split === 'test' && meta.classes[name]?.caution === undefined,
  );
  return {
    photos: shuffled(unseen, options.seed, 0).flatMap((image) => {
      const thing = meta.classes[image.class];
      const webp = photos.get(image.file);
      const mask = masks.get(image.file);
      if (thing === undefined || webp === undefined || mask === undefined) {
        throw new AppError('cli/usage', `${image.file} is missing in ${folder}.`);
      }
      const size = planModelSize({ width: image.w, height: image.h }, options.size, options.stride);
      return [{ file: image.file, thing, size, webp, mask, isClear: isClear(image) }];
    }),
    things: Object.values(meta.classes).filter(({ caution }) => caution === undefined),
    places: scenery.images.filter(({ split }) => split === 'test').map(({ where }) => where),
    edits: prompts.edits.map(({ id, heldout, heldout_oblique: oblique = [] }) => ({
      id,
      heldout,
      oblique,
    })),
    colours: prompts.colors,
  };
}

function isClear({ gray, background, mask }: PhotosJson['images'][number]): boolean {
  const [least, most] = AREA;
  return (
    !gray &&
    background === 'scene' &&
    mask.quality === 'good' &&
    mask.confidence > LEAST_CONFIDENCE &&
    mask.area > least &&
    mask.area < most
  );
}

/** The first clear photos, of different classes, those of one size together: a model is loaded per size. */
export function choosePhotos(photos: readonly TestPhoto[], count: number): TestPhoto[] {
  const chosen: TestPhoto[] = [];
  for (const photo of photos) {
    if (
      chosen.length < count &&
      photo.isClear &&
      chosen.every(({ thing }) => thing.noun !== photo.thing.noun)
    ) {
      chosen.push(photo);
    }
  }
  return chosen.toSorted((a, b) => a.size.width - b.size.width);
}
