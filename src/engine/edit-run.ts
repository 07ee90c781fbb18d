import { checkAborted } from '../base/abort.ts';
import { DisposalScope } from '../base/disposal.ts';
import type { Batch } from '../diffusion/chunks.ts';
import type { ClipReader } from '../media/clip-reader.ts';
import type { EditSettings } from '../project/document.ts';
import type { EditRequest, JobEvent } from '../protocol/engine.ts';
import type { Picture } from '../protocol/media.ts';
import { createRenderer } from '../render/renderer.ts';
import type { PictureStore } from '../store/picture-store.ts';
import { bankBytes } from './banks.ts';
import { runChain } from './chain-loop.ts';
import { ChunkLoop, type ChunkLoopOptions, type FinishedBatch } from './chunk-loop.ts';
import { joinLatents, tensorsOf, type FrameLatents, type Hole } from './conditioning.ts';
import type { EditPlan, PlannedScene } from './edit-plan.ts';
import { yieldToEvents } from './events.ts';
import { FrameSource } from './frame-source.ts';
import { chooseGuidance } from './guidance-settings.ts';
import { coverPictures, paintedPlaces } from './inpaint.ts';
import { chooseMerge } from './merge-settings.ts';
import type { ModelCache } from './model-cache.ts';
import { planPins, type DiffusionModel } from './model.ts';
import { checkImages, downloadPictures, isFlat, uploadPictures } from './picture-tensors.ts';
import type { ProgressReporter } from './progress.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import { Sampling } from './sampling.ts';
import { createEditSampler } from './scheduler-config.ts';
import type { StageClock } from './stage-clock.ts';

export type EditTools = {
  readonly runtime: TensorRuntime;
  readonly pictures: PictureStore;
  readonly models: ModelCache;
  readonly clock: StageClock;
  /** Bytes that the anchors' keys and values of all steps may take; where they fit, the anchors run once. A chain's too. */
  readonly bankBudget: number;
  readonly batchesPerChunk: number;
  /** Frames per graph run, in place of what fits the runtime. */
  readonly batchSize?: number | undefined;
};

export type RunParts = {
  readonly request: EditRequest;
  readonly tools: EditTools;
  readonly plan: EditPlan;
  readonly clip: ClipReader;
  readonly progress: ProgressReporter;
  readonly send: (event: JobEvent) => void;
  readonly signal: AbortSignal;
};

/** Whose keys of all steps a chain may hold: the first frame's and the last one's. */
const CHAIN_FRAMES = 2;

/** The part of an edit job that needs the model. */
export class EditRun {
  readonly #parts: RunParts;
  /** The next batch's pictures, decoded while the model works on the one before. */
  #ahead: { readonly batch: Batch; readonly pictures: Promise<Picture[]> } | null = null;

  /** Which source pictures of the batches on their way are of one colour, for the check of what comes out. */
  readonly #flat = new Map<Batch, readonly boolean[]>();

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /**
   * Runs the batches in order. `onFrames` hears which frames (numbers within the clip) are stored now and answers how
   * many are done in all, of `total`; `done` of them were before.
   */
  async run(
    batches: readonly Batch[],
    count: { readonly total: number; readonly done: number },
    onFrames: (indices: readonly number[]) => number,
  ): Promise<void> {
    const model = await this.#loadModel();
    const [, height, width] = model.latentShape;
    const frames = this.#createSource({ width, height });
    let { done } = count;
    try {
      for (const scene of this.#parts.plan.scenes) {
        const wanted = batches.filter((batch) => scene.batches.includes(batch));
        if (wanted.length > 0) {
          const at = { total: count.total, done };
          await this.#runScene(model, frames, { ...scene, batches: wanted }, at, (indices) => {
            done = onFrames(indices);
            return done;
          });
        }
      }
    } finally {
      // A decode that nobody will wait for any more must not become an unhandled rejection.
      this.#ahead?.pictures.catch(() => undefined);
    }
  }

  async #runScene(
    model: DiffusionModel,
    frames: FrameSource,
    scene: PlannedScene,
    count: { readonly total: number; readonly done: number },
    onFrames: (indices: readonly number[]) => number,
  ): Promise<void> {
    const { progress } = this.#parts;
    const scope = new DisposalScope();
    const beginRendering = () => progress.begin('rendering', count.total, 'frames', count.done);
    try {
      const read = isChain(this.#parts.plan.edit.settings) ? [] : scene.anchors;
      const anchors = await this.#encodeAnchors(model, frames, read, scope);
      const options = this.#loopOptions(model, frames, anchors, scene);
      // A chain short of memory has its frames all at the end: until then its steps are counted.
      let isLate = isChain(options) && !options.keepsBank;
      if (isLate) {
        progress.begin('preparing', scene.batches.length * options.sampling.steps, 'steps');
      } else {
        beginRendering();
      }
      let steps = 0;
      const onStep = () => progress.update(++steps);
      const loop = isLate ? { ...options, onStep } : options;
      for await (const finished of this.#loop(loop, scene.batches, scope)) {
        if (isLate) {
          isLate = false;
          beginRendering();
        }
        progress.update(onFrames(await this.#finish(model, finished)));
      }
    } finally {
      scope.dispose();
    }
  }

  async #loadModel(): Promise<DiffusionModel> {
    const { plan, progress, send, signal, tools } = this.#parts;
    let isCounting = false;
    const model = await tools.clock.time('load', () =>
      tools.models.load(plan.package, plan.modelSize, signal, (done, total) => {
        if (!isCounting) {
          isCounting = true;
          progress.begin('loading-model', total, 'bytes');
        }
        progress.update(done);
      }),
    );
    const { prompt, negative, promptKind } = plan.edit;
    const { cut, reading } = await model.setPrompt({ prompt, negative });
    // A caption describes the whole picture: what it names is not what should change.
    if (reading !== null && promptKind === 'delta') {
      send({ kind: 'reading', reading });
    }
    const { maxTokens } = plan.package.manifest.text;
    for (const { text, end } of cut) {
      const what = text === 'prompt' ? 'The prompt' : 'The text of what to avoid';
      send({
        kind: 'notice',
        text: `${what} is longer than the ${maxTokens} tokens this model reads. Left out: “${end}”.`,
      });
    }
    return model;
  }

  #createSource(latentSize: { width: number; height: number }): FrameSource {
    const { clip, request, plan, tools, signal } = this.#parts;
    const renderer = createRenderer({
      pictures: tools.pictures,
      gpu: null,
      mapBytes: 0,
      steadyReach: 0,
    });
    return new FrameSource({ clip, project: request.project, plan, renderer, latentSize, signal });
  }

  /** The anchors' latents as one batch; encoded in batches of the usual size. */
  async #encodeAnchors(
    model: DiffusionModel,
    frames: FrameSource,
    anchors: readonly number[],
    scope: DisposalScope,
  ): Promise<FrameLatents> {
    const { plan, tools, progress, signal } = this.#parts;
    const { runtime, clock } = tools;
    progress.begin('preparing', anchors.length, 'frames');
    const batchSize = batchSizeOf(plan);
    const parts: FrameLatents[] = [];
    for (let from = 0; from < anchors.length; from += batchSize) {
      checkAborted(signal);
      const some = anchors.slice(from, from + batchSize);
      const pictures = await clock.time('decode', () => frames.pictures(some));
      const latents = await this.#frameLatents(model, frames, some, pictures);
      tensorsOf(latents).forEach((tensor) => scope.own(tensor));
      parts.push(latents);
      progress.update(from + some.length);
      await yieldToEvents();
    }
    const joined = await joinLatents(runtime, parts, model.latentShape);
    tensorsOf(joined).forEach((tensor) => scope.own(tensor));
    return joined;
  }

  /** What the loop needs to know of frames (numbers within the clip). */
  async #frameLatents(
    model: DiffusionModel,
    frames: FrameSource,
    numbers: readonly number[],
    pictures: readonly Picture[],
  ): Promise<FrameLatents> {
    const scope = new DisposalScope();
    try {
      const source = scope.own(await this.#encode(model, pictures));
      const values = frames.masks(numbers);
      const { runtime } = this.#parts.tools;
      const [, height, width] = model.latentShape;
      const mask =
        values === null
          ? null
          : scope.own(runtime.upload(values, [numbers.length, 1, height, width], 'f32'));
      const hole =
        model.manifest.conditioning === 'inpaint'
          ? await this.#encodeHole(model, frames, numbers, pictures)
          : null;
      scope.release(source);
      return { source, mask: mask === null ? null : scope.release(mask), hole };
    } finally {
      scope.dispose();
    }
  }

  /** Where an inpainting model paints, and the pictures without it. Without a mask that is everywhere. */
  async #encodeHole(
    model: DiffusionModel,
    frames: FrameSource,
    numbers: readonly number[],
    pictures: readonly Picture[],
  ): Promise<Hole> {
    const { runtime } = this.#parts.tools;
    const scope = new DisposalScope();
    const upload = (values: Float32Array | null, height: number, width: number) =>
      runtime.upload(
        paintedPlaces(values, numbers.length * height * width),
        [numbers.length, 1, height, width],
        'f32',
      );
    try {
      const { width, height } = model.size;
      const range = model.manifest.latent.imageRange;
      const images = scope.own(uploadPictures(runtime, pictures, range));
      const places = scope.own(upload(frames.pictureMasks(numbers), height, width));
      const covered = scope.own(await coverPictures(runtime, images, places, range));
      const latents = scope.own(await model.encode(covered));
      const [, rows, columns] = model.latentShape;
      const mask = upload(frames.masks(numbers), rows, columns);
      return { mask, latents: scope.release(latents) };
    } finally {
      scope.dispose();
    }
  }

  async #encode(model: DiffusionModel, pictures: readonly Picture[]): Promise<Tensor> {
    const { runtime } = this.#parts.tools;
    const images = uploadPictures(runtime, pictures, model.manifest.latent.imageRange);
    try {
      return await model.encode(images);
    } finally {
      images.dispose();
    }
  }

  #loopOptions(
    model: DiffusionModel,
    frames: FrameSource,
    anchors: FrameLatents,
    scene: PlannedScene,
  ): ChunkLoopOptions {
    const { plan, tools, signal } = this.#parts;
    const { settings } = plan.edit;
    const { manifest } = model;
    const sampler = createEditSampler(manifest, settings);
    const swapSteps = Math.min(settings.swapSteps ?? Infinity, sampler.steps.length);
    const held = isChain(settings)
      ? { frames: CHAIN_FRAMES, steps: sampler.steps.length }
      : { frames: scene.anchors.length, steps: swapSteps };
    const bank = bankBytes(manifest, planPins(manifest, model.size), held.frames) * held.steps;
    return {
      runtime: tools.runtime,
      sampling: new Sampling({
        runtime: tools.runtime,
        model,
        sampler,
        guidance: chooseGuidance(manifest, settings),
        merge: chooseMerge(manifest, settings),
        seed: settings.seed,
        noisePerFrame: settings.mode === 'independent',
        startsFromNoise: settings.strength === 1 && manifest.conditioning !== 'none',
        signal,
      }),
      mode: settings.mode,
      branches: model.branches,
      anchors,
      anchorsPerRun: batchSizeOf(plan),
      swapSteps,
      keepsBank: bank <= tools.bankBudget,
      batchesPerChunk: tools.batchesPerChunk,
      load: (batch) => this.#loadBatch(model, frames, batch, scene.batches),
      firstFrame: plan.range.from,
      signal,
    };
  }

  async *#loop(
    options: ChunkLoopOptions,
    batches: readonly Batch[],
    scope: DisposalScope,
  ): AsyncGenerator<FinishedBatch> {
    yield* isChain(options)
      ? runChain(options, batches)
      : scope.own(new ChunkLoop(options)).run(batches);
  }

  /** A batch's latents; starts decoding the batch after it. */
  async #loadBatch(
    model: DiffusionModel,
    frames: FrameSource,
    batch: Batch,
    batches: readonly Batch[],
  ): Promise<FrameLatents> {
    const { plan, tools } = this.#parts;
    const numbers = (of: Batch) => of.frames.map((frame) => plan.range.from + frame);
    const ahead =
      this.#ahead?.batch === batch ? this.#ahead.pictures : frames.pictures(numbers(batch));
    this.#ahead = null;
    const pictures = await tools.clock.time('decode', () => ahead);
    this.#flat.set(batch, pictures.map(isFlat));
    const next = batches[batches.indexOf(batch) + 1];
    if (next !== undefined) {
      const promise = frames.pictures(numbers(next));
      promise.catch(() => undefined);
      this.#ahead = { batch: next, pictures: promise };
    }
    return await this.#frameLatents(model, frames, numbers(batch), pictures);
  }

  /** Decodes, checks and stores what is new of a finished batch. Resolves to its frames, all stored now. */
  async #finish(model: DiffusionModel, finished: FinishedBatch): Promise<number[]> {
    const { plan } = this.#parts;
    const { batch, trajectory } = finished;
    const numbers = batch.frames.slice(0, batch.real).map((frame) => plan.range.from + frame);
    try {
      const flat = this.#flat.get(batch) ?? [];
      const missing = {
        edits: await this.#missing(plan.recipe, numbers),
        bases: await this.#missing(plan.base, numbers),
      };
      // A chain that is resumed comes by frames that are stored.
      const edited =
        missing.edits.size > 0 ? await this.#decode(model, trajectory.sample, flat, numbers) : [];
      if (missing.bases.size > 0) {
        const decoded = await this.#decode(model, trajectory.source, flat, numbers);
        await this.#store(plan.base, numbers, decoded, missing.bases);
      }
      await this.#store(plan.recipe, numbers, edited, missing.edits);
    } finally {
      trajectory.dispose();
      this.#flat.delete(batch);
    }
    await yieldToEvents();
    return numbers;
  }

  async #missing(name: string, frames: readonly number[]): Promise<Set<number>> {
    const { pictures } = this.#parts.tools;
    const found = await Promise.all(frames.map((frame) => pictures.has(name, frame)));
    return new Set(frames.filter((_, i) => found[i] === false));
  }

  async #decode(
    model: DiffusionModel,
    latents: Tensor,
    flat: readonly boolean[],
    frames: readonly number[],
  ): Promise<Picture[]> {
    const { runtime } = this.#parts.tools;
    const range = model.manifest.latent.imageRange;
    const images = await model.decode(latents);
    try {
      await checkImages(runtime, images, flat, frames, range);
      return await downloadPictures(runtime, images, range, model.size, frames.length);
    } finally {
      images.dispose();
    }
  }

  async #store(
    name: string,
    frames: readonly number[],
    made: readonly Picture[],
    missing: ReadonlySet<number>,
  ): Promise<void> {
    const { clock, pictures } = this.#parts.tools;
    await clock.time('store', async () => {
      // Side by side: while one picture is packed, the disk takes the one before.
      await Promise.all(
        made.map(async (picture, i) => {
          const frame = frames[i];
          if (frame !== undefined && missing.has(frame)) {
            await pictures.put(name, frame, picture);
          }
        }),
      );
    });
  }
}

/** Frames that one graph run holds. */
function batchSizeOf({ batches }: EditPlan): number {
  return batches[0]?.frames.length ?? 1;
}

function isChain({ mode }: Pick<EditSettings, 'mode'>): boolean {
  return mode === 'previous+first';
}
