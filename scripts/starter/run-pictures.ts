import type { Transfer } from '../../e2e/browser/picture-transfer.ts';
import type { SheetRow } from '../../e2e/browser/starter.ts';
import type { Manifest } from '../../src/models/manifest.ts';
import type { Size } from '../../src/base/units.ts';
import type { Dataset, TestPhoto } from './dataset.ts';
import { channelOf, map, type Planes, type Rgb } from './edits/planes.ts';
import { makeTarget, RECIPES, type Place } from './edits/registry.ts';
import { identify, impressionOf, type Impression } from './identify.ts';
import { composite, latentMask, planesOf, psnr, transferOf } from './pixels.ts';
import type { StarterPage } from './starter-page.ts';
import { WordingPlan, type ColourWording, type Wording, type WordingKind } from './wordings.ts';

/** One result of the model, or of the autoencoder alone where it is an oracle's. */
export type Outcome = {
  readonly photo: string;
  readonly edit: string;
  readonly kind: WordingKind;
  readonly text: string;
  readonly steps: number;
  /** The edit whose target is closest. */
  readonly identified: string;
  /** To the edit's target, of full-size plain decodes, dB; to the reconstruction for prompts without a target. */
  readonly psnr: number;
  /** To the autoencoder's own reconstruction of the source, dB. */
  readonly psnrToBase: number;
};

export type ColourOutcome = ColourWording & { readonly identified: string };

export type PicturesReport = {
  readonly outcomes: readonly Outcome[];
  /** Every target through the autoencoder: is it still itself? */
  readonly oracle: readonly { readonly edit: string; readonly identified: string }[];
  readonly colours: readonly ColourOutcome[];
  /** PSNR of photos through the autoencoder, dB. */
  readonly vae: readonly number[];
};

export type PicturesOptions = {
  readonly model: string;
  readonly manifest: Manifest;
  readonly edits: readonly string[];
  readonly steps: readonly number[];
  readonly seed: number;
  readonly onProgress: (what: string) => void;
  /** Called for each plain wording's row: source, target, a result per number of steps. */
  readonly onRow: (edit: string, row: SheetRow) => void;
};

/** Edits per graph run: what the engine takes at 256 x 256 pixels on this runtime. */
const BATCH = 4;
/** Photos that the autoencoder alone is judged by, for each one that is edited. */
const VAE_PHOTOS = 4;
/** Prompts without an edit and names of colours are spread over so many photos; fewer photos take their share of them. */
const SPREAD = 8;

/** One prompt on one photo, and what to do with the results, one per number of steps. */
type Job = {
  readonly scene: Scene;
  readonly edit: string;
  readonly text: string;
  readonly steps: readonly number[];
  readonly take: (results: readonly Transfer[]) => void;
};

/** A photo as everything about it is compared. */
type Scene = {
  readonly photo: TestPhoto;
  readonly index: number;
  /** Its number among the pictures that the page holds. */
  readonly held: number;
  readonly source: Planes;
  readonly base: Planes;
  readonly objectMask: Planes;
  readonly targets: ReadonlyMap<string, Planes>;
  readonly impressions: ReadonlyMap<string, Impression>;
};

/** Edits photos by all wordings and compares the results with the targets. */
export class PicturesRun {
  readonly #page: StarterPage;
  readonly #data: Dataset;
  readonly #options: PicturesOptions;
  readonly #plan: WordingPlan;
  readonly #outcomes: Outcome[] = [];
  readonly #oracle: { edit: string; identified: string }[] = [];
  readonly #colours: ColourOutcome[] = [];
  readonly #vae: number[] = [];

  constructor(page: StarterPage, data: Dataset, options: PicturesOptions) {
    this.#page = page;
    this.#data = data;
    this.#options = options;
    this.#plan = new WordingPlan(data, options.seed);
  }

  /** A model is loaded per size of photo. */
  async run(photos: readonly TestPhoto[]): Promise<PicturesReport> {
    const groups = groupBySize(photos);
    for (const [i, group] of groups.entries()) {
      const [first] = group;
      if (first === undefined) {
        continue;
      }
      this.#options.onProgress(`size ${i + 1} of ${groups.length}: ${group.length} photos`);
      await this.#page.loadModel(this.#options.model, first.size);
      await this.#judgeAutoencoder(first.size, VAE_PHOTOS * photos.length, groups.length);
      const scenes = await this.#scenes(group, photos);
      for (const scene of scenes) {
        await this.#runOracle(scene);
      }
      this.#options.onProgress('every target was sent through the autoencoder');
      await this.#runJobs(
        scenes.flatMap((scene) => [
          ...this.#editJobs(scene),
          ...this.#unknownJobs(scene, Math.max(SPREAD, photos.length)),
          ...this.#tintJobs(scene, Math.max(SPREAD, photos.length)),
        ]),
      );
    }
    return {
      outcomes: this.#outcomes,
      oracle: this.#oracle,
      colours: this.#colours,
      vae: this.#vae,
    };
  }

  async #scenes(group: readonly TestPhoto[], photos: readonly TestPhoto[]): Promise<Scene[]> {
    const [first] = group;
    const pictures = first === undefined ? [] : await this.#decode(group, first.size);
    const bases = await this.#page.holdPictures(pictures);
    const scenes: Scene[] = [];
    for (const [held, photo] of group.entries()) {
      const index = photos.indexOf(photo);
      scenes.push(await this.#scene(photo, index, held, pictures[held], bases[held]));
    }
    return scenes;
  }

  /** In full batches, with and without masks apart. */
  async #runJobs(jobs: readonly Job[]): Promise<void> {
    const key = ({ edit, steps }: Job): string =>
      `${String(placeOf(edit) === 'all')} ${steps.join(' ')}`;
    const sorted = jobs.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    let done = 0;
    while (done < sorted.length) {
      const some = sorted
        .slice(done, done + BATCH)
        .filter((job, _, [first]) => first !== undefined && key(job) === key(first));
      await this.#runBatch(some);
      done += some.length;
      if (Math.floor(done / 100) > Math.floor((done - some.length) / 100)) {
        this.#options.onProgress(`${done} of ${jobs.length} prompts`);
      }
    }
  }

  async #runBatch(jobs: readonly Job[]): Promise<void> {
    const { manifest, seed } = this.#options;
    const entries = jobs.map(({ scene, edit, text }) => {
      const area = areaOf(placeOf(edit), scene.objectMask);
      const mask = area === null ? null : latentMask(area, manifest.latent.factor);
      return { prompt: text, picture: scene.held, mask };
    });
    const results = await this.#page.editPictures({ entries, seed, steps: jobs[0]?.steps ?? [] });
    jobs.forEach((job, i) => {
      job.take(
        results.flatMap((pictures) => {
          const picture = pictures[i];
          return picture === undefined ? [] : [picture];
        }),
      );
    });
  }

  async #decode(photos: readonly TestPhoto[], size: Size): Promise<Transfer[]> {
    const pictures: Transfer[] = [];
    for (const photo of photos) {
      pictures.push(await this.#page.decodeImage(photo.webp, size));
    }
    return pictures;
  }

  async #judgeAutoencoder(size: Size, photos: number, sizes: number): Promise<void> {
    const some = this.#data.photos
      .filter((photo) => isSame(photo.size, size))
      .slice(0, Math.ceil(photos / sizes));
    const pictures = await this.#decode(some, size);
    const passed = await this.#page.passThrough(pictures);
    passed.forEach((picture, i) => {
      const source = pictures[i];
      if (source !== undefined) {
        this.#vae.push(psnr(planesOf(source), planesOf(picture)));
      }
    });
  }

  async #scene(
    photo: TestPhoto,
    index: number,
    held: number,
    picture: Transfer | undefined,
    base: Transfer | undefined,
  ): Promise<Scene> {
    if (picture === undefined || base === undefined) {
      throw new RangeError(`${photo.file} was not decoded`);
    }
    const source = planesOf(picture);
    const mask = planesOf(await this.#page.decodeImage(photo.mask, photo.size));
    const objectMask = channelOf(mask, 0);
    const colour = this.#rgb(this.#plan.colourOf(index));
    const parts = { source, objectMask };
    const targets = new Map(
      Object.keys(RECIPES).map((edit) => [edit, targetOf(edit, parts, colour)]),
    );
    const impressions = new Map([...targets].map(([edit, target]) => [edit, impressionOf(target)]));
    return {
      photo,
      index,
      held,
      source,
      base: planesOf(base),
      objectMask,
      targets,
      impressions,
    };
  }

  #rgb(name: string): Rgb {
    const words = this.#data.colours[name];
    if (words === undefined) {
      throw new RangeError(`there is no colour ${name}`);
    }
    const [red, green, blue] = words.rgb;
    return [red / 255, green / 255, blue / 255];
  }

  async #runOracle({ targets, impressions }: Scene): Promise<void> {
    const { edits } = this.#options;
    const pictures = edits.flatMap((edit) => {
      const target = targets.get(edit);
      return target === undefined ? [] : [transferOf(target)];
    });
    const passed = await this.#page.passThrough(pictures);
    passed.forEach((picture, i) => {
      const identified = identify(impressionOf(planesOf(picture)), impressions);
      this.#oracle.push({ edit: edits[i] ?? '', identified });
    });
  }

  #editJobs(scene: Scene): Job[] {
    const { edits, steps, onRow } = this.#options;
    const { photo, index, source, targets } = scene;
    return edits.flatMap((edit) =>
      this.#plan.ofEdit(edit, index, photo.thing).map((wording): Job => {
        const target = targets.get(edit);
        const isPlain = wording.kind === 'plain';
        // Riddles are no bar: the number of steps that the package names will do.
        const runs = isPlain ? steps : steps.slice(0, 1);
        const job = this.#judged(scene, wording, runs);
        return {
          ...job,
          take: (results) => {
            job.take(results);
            if (isPlain && target !== undefined) {
              const tiles = [transferOf(source), transferOf(target), ...results];
              onRow(edit, { label: `${wording.text}   (${photo.file})`, tiles });
            }
          },
        };
      }),
    );
  }

  #unknownJobs(scene: Scene, spread: number): Job[] {
    const { steps } = this.#options;
    return this.#plan
      .unknown(scene.index, spread, scene.photo.thing)
      .map((wording) => this.#judged(scene, wording, steps.slice(0, 1)));
  }

  #judged(scene: Scene, wording: Wording, steps: readonly number[]): Job {
    const { kind, edit, text } = wording;
    const target = scene.targets.get(edit);
    const take = (results: readonly Transfer[]): void => {
      results.forEach((result, i) => {
        const picture = planesOf(result);
        const toBase = psnr(picture, scene.base);
        this.#outcomes.push({
          photo: scene.photo.file,
          edit,
          kind,
          text,
          steps: steps[i] ?? 0,
          identified: identify(impressionOf(picture), scene.impressions),
          psnr: target === undefined ? toBase : psnr(picture, target),
          psnrToBase: toBase,
        });
      });
    };
    return { scene, edit, text, steps, take };
  }

  #tintJobs(scene: Scene, spread: number): Job[] {
    const { edits, steps } = this.#options;
    if (!edits.includes('tint')) {
      return [];
    }
    const candidates = new Map(
      Object.keys(this.#data.colours).map((colour) => [
        colour,
        impressionOf(targetOf('tint', scene, this.#rgb(colour))),
      ]),
    );
    return this.#plan.tints(scene.index, spread, scene.photo.thing).map((wording) => ({
      scene,
      edit: 'tint',
      text: wording.text,
      steps: steps.slice(0, 1),
      take: ([result]) => {
        if (result !== undefined) {
          const identified = identify(impressionOf(planesOf(result)), candidates);
          this.#colours.push({ ...wording, identified });
        }
      },
    }));
  }
}

/** The target as the training composites it: edited in its area, the source elsewhere. */
function targetOf(
  edit: string,
  { source, objectMask }: Pick<Scene, 'source' | 'objectMask'>,
  colour: Rgb,
): Planes {
  const target = makeTarget(edit, source, colour);
  const area = areaOf(placeOf(edit), objectMask);
  return area === null ? target : composite(source, target, area);
}

function placeOf(edit: string): Place {
  return RECIPES[edit]?.place ?? 'all';
}

/** Where an edit acts, 1 = edit; null for everywhere. */
function areaOf(place: Place, objectMask: Planes): Planes | null {
  switch (place) {
    case 'all':
      return null;
    case 'object':
      return objectMask;
    case 'background':
      return map(objectMask, (value) => 1 - value);
  }
}

function groupBySize(photos: readonly TestPhoto[]): TestPhoto[][] {
  const groups: TestPhoto[][] = [];
  for (const photo of photos) {
    const group = groups.find(([first]) => first !== undefined && isSame(first.size, photo.size));
    if (group === undefined) {
      groups.push([photo]);
    } else {
      group.push(photo);
    }
  }
  return groups;
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
