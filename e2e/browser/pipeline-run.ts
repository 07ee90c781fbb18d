import { must } from '../../src/base/assert.ts';
import { planBatches } from '../../src/diffusion/chunks.ts';
import type { NoiseKey } from '../../src/diffusion/noise.ts';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import { ChunkLoop } from '../../src/engine/chunk-loop.ts';
import type { FrameLatents, Hole } from '../../src/engine/conditioning.ts';
import { toSchedulerConfig } from '../../src/engine/scheduler-config.ts';
import { coverPictures, paintedPlaces } from '../../src/engine/inpaint.ts';
import { DiffusionModel, planPins } from '../../src/engine/model.ts';
import { openPackage } from '../../src/engine/package.ts';
import type { Graph, Tensor, TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { Sampling } from '../../src/engine/sampling.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import type { AttentionMode } from '../../src/project/document.ts';

export type PipelineRun = {
  /** The package, as base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly prompt: string;
  readonly steps: number;
  readonly strength: number;
  readonly guidance: { readonly text: number; readonly image: number };
  readonly mode: AttentionMode;
  /** Frames, all of the same picture; with anchors as many as the mode reads. */
  readonly frames: number;
  readonly anchors: number;
  /** [3, size, size] in -1 to 1. */
  readonly image: readonly number[];
  readonly size: number;
  /** At the picture's size and at the latents', 0 to 1. */
  readonly mask?: { readonly picture: readonly number[]; readonly latent: readonly number[] };
  /** Recorded draws; without `source` the encoder's mean is taken. */
  readonly noise: {
    readonly source?: readonly number[];
    readonly covered?: readonly number[];
    readonly initial: readonly number[];
    readonly scheduler: readonly (readonly number[])[];
  };
};

export type PipelineResult = {
  /** Of every frame. */
  readonly latents: readonly (readonly number[])[];
  /** Of the first frame, as the decoder gives it. */
  readonly image: readonly number[];
  /** Bytes of tensors that are still there when all is let go. */
  readonly leaked: number;
};

const never = new AbortController().signal;
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** A whole pipeline through the engine's own loop, with recorded noise in place of the engine's. The runtime is lent. */
export async function runPipelineOn(
  runtime: TensorRuntime,
  run: PipelineRun,
): Promise<PipelineResult> {
  const files = Object.fromEntries(
    Object.entries(run.files).map(([path, base64]) => [path, bytesOf(base64)]),
  );
  const read = async (path: string) => must(files[path], path).slice();
  const opened = await openPackage({ id: 'golden', read }, never);
  const size = { width: run.size, height: run.size };
  const clock = new StageClock();
  const model = await DiffusionModel.load(
    { runtime, package: opened, size, clock },
    never,
    () => {},
  );
  const { encoder } = model.manifest.vae;
  const sampler = await runtime.load(
    must(files[encoder.file], encoder.file),
    planPins(model.manifest, size),
  );
  await model.setPrompt({ prompt: run.prompt, negative: '' });
  const before = runtime.bytes.live;
  const made = await runLoop(run, runtime, model, sampler);
  const leaked = runtime.bytes.live - before;
  sampler.dispose();
  model.dispose();
  return { ...made, leaked };
}

async function runLoop(
  run: PipelineRun,
  runtime: TensorRuntime,
  model: DiffusionModel,
  encoder: Graph,
): Promise<Omit<PipelineResult, 'leaked'>> {
  const { steps, strength } = run;
  const load = async (frames: number) => await latentsOf(run, runtime, model, encoder, frames);
  const anchors = await load(run.anchors);
  const loop = new ChunkLoop({
    runtime,
    sampling: new Sampling({
      runtime,
      model,
      sampler: createSampler(toSchedulerConfig(model.manifest), { steps, strength }),
      guidance: { ...run.guidance, rescale: 0 },
      seed: 0,
      draw: ({ role, step }: NoiseKey) =>
        Float32Array.from(
          role === 'init' ? run.noise.initial : must(run.noise.scheduler[step], 'noise'),
        ),
      noisePerFrame: false,
      startsFromNoise: strength === 1 && model.manifest.conditioning !== 'none',
      signal: never,
    }),
    mode: run.mode,
    branches: model.branches,
    anchors,
    keepsBank: false,
    batchesPerChunk: 2,
    load: async (batch) => await load(batch.frames.length),
    firstFrame: 0,
    signal: never,
  });
  const latents: number[][] = [];
  let image: number[] = [];
  for await (const { batch, trajectory } of loop.run(planBatches(run.frames, 2))) {
    const values = await runtime.download(trajectory.sample);
    const count = values.length / batch.frames.length;
    for (let i = 0; i < batch.real; i++) {
      latents.push([...values.subarray(i * count, (i + 1) * count)]);
    }
    if (image.length === 0) {
      const decoded = await model.decode(trajectory.sample);
      image = [...(await runtime.download(decoded)).subarray(0, run.image.length)];
      decoded.dispose();
    }
    trajectory.dispose();
  }
  loop.dispose();
  anchors.source.dispose();
  anchors.hole?.mask.dispose();
  anchors.hole?.latents.dispose();
  return { latents, image };
}

/** The picture's latents, once per frame: drawn from the encoder's distribution where a draw was recorded. */
async function latentsOf(
  run: PipelineRun,
  runtime: TensorRuntime,
  model: DiffusionModel,
  encoder: Graph,
  frames: number,
): Promise<FrameLatents> {
  const { size, noise, mask } = run;
  const picture = runtime.upload(Float32Array.from(run.image), [1, 3, size, size], 'f32');
  const repeated = async (tensor: Tensor) => {
    const all = await runtime.repeat(tensor, frames);
    tensor.dispose();
    return all;
  };
  const encode = async (images: Tensor, draw: readonly number[] | undefined) =>
    await repeated(
      draw === undefined
        ? await model.encode(images)
        : await sample(runtime, model, encoder, images, draw),
    );
  const source = await encode(picture, noise.source);
  let hole: Hole | null = null;
  if (mask !== undefined) {
    const places = runtime.upload(
      paintedPlaces(Float32Array.from(mask.picture), size * size),
      [1, 1, size, size],
      'f32',
    );
    const covered = await coverPictures(runtime, picture, places, [-1, 1]);
    const [, rows, columns] = model.latentShape;
    const small = runtime.upload(
      paintedPlaces(Float32Array.from(mask.latent), rows * columns),
      [1, 1, rows, columns],
      'f32',
    );
    hole = { mask: await repeated(small), latents: await encode(covered, noise.covered) };
    covered.dispose();
    places.dispose();
  }
  picture.dispose();
  return { source, mask: null, hole };
}

/** (mean + deviation * draw) * scale. */
async function sample(
  runtime: TensorRuntime,
  model: DiffusionModel,
  encoder: Graph,
  images: Tensor,
  draw: readonly number[],
): Promise<Tensor> {
  const outputs = await runtime.run(encoder, { image: images });
  const mean = must(outputs['latents'], 'latents');
  const logvar = await runtime.download(must(outputs['logvar'], 'logvar'));
  const { scale, shift } = model.manifest.latent;
  const values = (await runtime.download(mean)).map((value, i) => {
    const deviation = Math.exp(Math.max(-30, Math.min(20, logvar[i] ?? 0)) / 2);
    return (value + deviation * (draw[i] ?? 0) - shift) * scale;
  });
  const drawn = runtime.upload(values, mean.shape, 'f32');
  Object.values(outputs).forEach((tensor) => tensor.dispose());
  return drawn;
}
