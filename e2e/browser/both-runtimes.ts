import { must } from '../../src/base/assert.ts';
import { planBatches } from '../../src/diffusion/chunks.ts';
import { drawNoise } from '../../src/diffusion/noise.ts';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import { ChunkLoop } from '../../src/engine/chunk-loop.ts';
import type { FrameLatents } from '../../src/engine/conditioning.ts';
import { toSchedulerConfig } from '../../src/engine/scheduler-config.ts';
import type { Guidance } from '../../src/engine/guidance-settings.ts';
import type { Merge } from '../../src/engine/merge-settings.ts';
import { DiffusionModel } from '../../src/engine/model.ts';
import { openPackage } from '../../src/engine/package.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { memoise } from '../../src/base/task-queue.ts';
import type { TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { Sampling } from '../../src/engine/sampling.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import type { AttentionMode } from '../../src/project/document.ts';
import type { RuntimeKind } from '../../src/protocol/engine.ts';
import { openLastingWebGpu } from './lasting-webgpu.ts';

/* The same edits of random latents by the engine's chunk loop on both runtimes. */

export type BothRun = {
  readonly mode: AttentionMode;
  readonly strength: number;
  readonly guidance: Guidance;
  readonly swapSteps?: number;
  /** Edits with a mask; without it they cover everything. */
  readonly merge?: Merge;
};

/** How far apart the runtimes are, and how large the numbers are. */
export type Agreement = {
  readonly latents: number;
  /** Levels of 255. */
  readonly pictures: number;
  readonly deviation: number;
  /** Bytes of tensors left behind on either. */
  readonly leaked: number;
};

const [CHANNELS, SIDE, STEPS, SEED] = [4, 8, 2, 11];
const AREA = SIDE * SIDE;
const FRAMES = 2;
/** Left three columns kept, one half, the right edited. */
const MASK = Float32Array.from({ length: AREA }, (_, i) => [0, 0, 0, 0.5][i % SIDE] ?? 1);
const never = new AbortController().signal;

type Made = { readonly latents: Float32Array; readonly pictures: readonly Uint8ClampedArray[] };

function latentsOf(
  runtime: TensorRuntime,
  model: DiffusionModel,
  frames: readonly number[],
  isMasked: boolean,
): FrameLatents {
  const upload = (values: readonly Float32Array[], channels: number) =>
    runtime.upload(
      Float32Array.from(values.flatMap((one) => [...one])),
      [frames.length, channels, SIDE, SIDE],
      'f32',
    );
  const draws = (from: number) =>
    frames.map((frame) =>
      drawNoise({ seed: from + frame, role: 'init', step: 0 }, CHANNELS * AREA),
    );
  const mask = () =>
    upload(
      frames.map(() => MASK),
      1,
    );
  return {
    source: upload(draws(100), CHANNELS),
    mask: isMasked ? mask() : null,
    hole:
      model.manifest.conditioning === 'inpaint'
        ? { mask: mask(), latents: upload(draws(200), CHANNELS) }
        : null,
  };
}

async function runEdit(runtime: TensorRuntime, model: DiffusionModel, run: BothRun): Promise<Made> {
  const { manifest } = model;
  const { mode, strength, guidance, merge, swapSteps } = run;
  const anchors = latentsOf(runtime, model, [0, 5], merge !== undefined);
  const loop = new ChunkLoop({
    runtime,
    sampling: new Sampling({
      runtime,
      model,
      sampler: createSampler(toSchedulerConfig(manifest), { steps: STEPS, strength }),
      guidance,
      ...(merge === undefined ? {} : { merge }),
      seed: SEED,
      noisePerFrame: false,
      startsFromNoise: strength === 1 && manifest.conditioning !== 'none',
      signal: never,
    }),
    mode,
    branches: model.branches,
    anchors,
    ...(swapSteps === undefined ? {} : { swapSteps }),
    keepsBank: true,
    batchesPerChunk: 1,
    load: ({ frames }) => Promise.resolve(latentsOf(runtime, model, frames, merge !== undefined)),
    firstFrame: 0,
    signal: never,
  });
  let made: Made | null = null;
  for await (const { trajectory } of loop.run(planBatches(FRAMES, FRAMES))) {
    const images = await model.decode(trajectory.sample);
    made = {
      latents: await runtime.download(trajectory.sample),
      pictures: await runtime.toPictures(images, manifest.latent.imageRange),
    };
    images.dispose();
    trajectory.dispose();
  }
  loop.dispose();
  [anchors.source, anchors.mask, anchors.hole?.mask, anchors.hole?.latents].forEach((tensor) =>
    tensor?.dispose(),
  );
  return must(made, 'a batch');
}

/** One of each for all calls of a page. */
const open = {
  cpu: memoise(async () => await createRuntime('cpu')),
  webgpu: openLastingWebGpu,
};

async function runOn(
  kind: RuntimeKind,
  files: Readonly<Record<string, string>>,
  runs: readonly BothRun[],
): Promise<{ readonly made: readonly Made[]; readonly leaked: number }> {
  const runtime = await open[kind]();
  const read = (path: string) =>
    Promise.resolve(
      Uint8Array.from(atob(must(files[path], path)), (letter) => letter.charCodeAt(0)),
    );
  const opened = await openPackage({ id: 'tiny', read }, never);
  const size = {
    width: SIDE * opened.manifest.latent.factor,
    height: SIDE * opened.manifest.latent.factor,
  };
  const options = { runtime, package: opened, size, clock: new StageClock() };
  const model = await DiffusionModel.load(options, never, () => {});
  await model.setPrompt({ prompt: '!', negative: '! !' });
  // Made once and kept by the model: not to be taken for a leak.
  await model.emptyContext();
  const before = runtime.bytes.live;
  const made: Made[] = [];
  for (const run of runs) {
    made.push(await runEdit(runtime, model, run));
  }
  const leaked = runtime.bytes.live - before;
  model.dispose();
  return { made, leaked };
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => {
    const difference = Math.abs(value - (b[i] ?? NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Each run on `cpu` and `webgpu`, from one package (files as base64). */
export async function compareRuntimes(
  files: Readonly<Record<string, string>>,
  runs: readonly BothRun[],
): Promise<Agreement[]> {
  const cpu = await runOn('cpu', files, runs);
  const gpu = await runOn('webgpu', files, runs);
  return cpu.made.map((wanted, i) => {
    const got = must(gpu.made[i], 'a run');
    return {
      latents: largest(got.latents, wanted.latents),
      pictures: Math.max(
        ...wanted.pictures.map((picture, frame) =>
          largest(must(got.pictures[frame], 'a picture'), picture),
        ),
      ),
      deviation: deviation(wanted.latents),
      leaked: Math.max(cpu.leaked, gpu.leaked),
    };
  });
}
