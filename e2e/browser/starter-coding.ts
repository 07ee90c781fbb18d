import { must } from '../../src/base/assert.ts';
import { DisposalScope } from '../../src/base/disposal.ts';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import { assembleInput } from '../../src/engine/conditioning.ts';
import { toSchedulerConfig } from '../../src/engine/scheduler-config.ts';
import { DiffusionModel } from '../../src/engine/model.ts';
import { openPackage } from '../../src/engine/package.ts';
import { downloadPictures, uploadPictures } from '../../src/engine/picture-tensors.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import type { TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { Sampling, type Trajectory } from '../../src/engine/sampling.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import type { PackageSource } from '../../src/engine/package-source.ts';
import { resizePicture } from '../../src/gpu/kernels/resize/resize.cpu.ts';
import { openClip } from '../../src/media/open-clip.ts';
import { compileCheckpoint } from '../../src/models/compile.ts';
import { MemorySink } from '../../src/models/package-sink.ts';
import { openHttpSource } from '../../src/models/reading/byte-source.ts';
import type { Quantisation } from '../../src/models/quantise/weight-coder.ts';
import type { Picture } from '../../src/protocol/media.ts';

/* The starter's checkpoint in several quantisations, each compiled here and run by the engine on the same picture. */

export type CodingPlan = {
  /** Folder of the checkpoint on the server, and the paths of its files. */
  readonly checkpoint: string;
  readonly files: readonly string[];
  /** A clip on the server whose first frame is edited. */
  readonly clip: string;
  /** Side of the square that the model sees. */
  readonly side: number;
  readonly prompts: readonly string[];
};

/** What a quantisation loses against the float32 package, by prompt. */
export type CodingLoss = {
  readonly prompt: string;
  /** Decibels of the U-Net's output in the first step. */
  readonly snr: number;
  /** Decibels of the edited picture, in bytes. */
  readonly psnr: number;
  /** How far the edit itself is from its source, in the same measure: losses are small beside it. */
  readonly edit: number;
};

type Made = { readonly prediction: Float32Array; readonly picture: Picture };

const never = new AbortController().signal;
const SEED = 11;

let runtime: Promise<TensorRuntime> | null = null;
let source: Picture | null = null;
/** The float32 package's latents of the source: what every U-Net gets in the first step. */
let latents: Float32Array | null = null;
const made = new Map<Quantisation, readonly Made[]>();

/** Compiles the checkpoint with `quantisation`, makes every edit and keeps the results. Bytes of the package. */
export async function makeEdits(plan: CodingPlan, quantisation: Quantisation): Promise<number> {
  runtime ??= createRuntime('cpu');
  source ??= await firstFrame(plan);
  const { files, bytes } = await compile(plan, quantisation);
  const model = await DiffusionModel.load(
    {
      runtime: await runtime,
      package: await openPackage(packageOf(files), never),
      size: { width: plan.side, height: plan.side },
      clock: new StageClock(),
    },
    never,
    () => undefined,
  );
  try {
    const results: Made[] = [];
    for (const prompt of plan.prompts) {
      results.push(await edit(await runtime, model, source, prompt));
    }
    made.set(quantisation, results);
  } finally {
    model.dispose();
  }
  return bytes;
}

/** Compares what `makeEdits` kept with the float32 results. */
export function lossOf(plan: CodingPlan, quantisation: Quantisation): CodingLoss[] {
  const exact = must(made.get('f32'), 'float32 results');
  const coded = must(made.get(quantisation), `${quantisation} results`);
  return plan.prompts.map((prompt, at) => {
    const wanted = must(exact[at], prompt);
    const got = must(coded[at], prompt);
    return {
      prompt,
      snr: decibels(power(wanted.prediction), squares(wanted.prediction, got.prediction)),
      psnr: pictureDistance(wanted.picture, got.picture),
      edit: pictureDistance(wanted.picture, must(source, 'the source')),
    };
  });
}

function packageOf(files: MemorySink['files']): PackageSource {
  return {
    id: 'coded',
    read: async (path) => await Promise.resolve(must(files.get(path), path)),
  };
}

async function firstFrame({ clip, side }: CodingPlan): Promise<Picture> {
  const file = new File([await (await fetch(clip)).blob()], clip);
  const reader = await openClip(file);
  try {
    const { picture } = await reader.frame(0);
    return resizePicture(picture, { width: side, height: side });
  } finally {
    reader.dispose();
  }
}

async function compile(
  plan: CodingPlan,
  quantisation: Quantisation,
): Promise<{ files: MemorySink['files']; bytes: number }> {
  const sink = new MemorySink();
  const listed = new Set(plan.files);
  const { bytesOut } = await compileCheckpoint(
    {
      open: async (path) =>
        listed.has(path)
          ? await openHttpSource(`${plan.checkpoint}/${path}`, async (url, init) =>
              fetch(url, { ...init, headers: { ...init.headers } }),
            )
          : undefined,
      list: async (folder) =>
        await Promise.resolve(
          plan.files.filter((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === folder),
        ),
    },
    sink,
    { id: 'coded', quantisation },
  );
  return { files: sink.files, bytes: bytesOut };
}

async function edit(
  device: TensorRuntime,
  model: DiffusionModel,
  picture: Picture,
  prompt: string,
): Promise<Made> {
  const { manifest } = model;
  const { imageRange } = manifest.latent;
  await model.setPrompt({ prompt, negative: '' });
  const sampler = createSampler(toSchedulerConfig(manifest), {
    steps: manifest.scheduler.steps,
    strength: 1,
  });
  const sampling = new Sampling({
    runtime: device,
    model,
    sampler,
    seed: SEED,
    noisePerFrame: false,
    startsFromNoise: true,
    signal: never,
  });
  const scope = new DisposalScope();
  try {
    const images = scope.own(uploadPictures(device, [picture], imageRange));
    const encoded = await model.encode(images);
    latents ??= await device.download(encoded);
    const shared = device.upload(latents, encoded.shape, 'f32');
    const probe = scope.own(await sampling.start({ source: shared, mask: null }, [0]));
    const plan = must(sampler.steps[0], 'a first step');
    const prediction = await predict(device, model, probe, plan);
    const own = scope.own(await sampling.start({ source: encoded, mask: null }, [0]));
    for (let step = 0; step < sampling.steps; step++) {
      await sampling.advance(own, step, (_, keysValues) => [keysValues]);
    }
    const decoded = scope.own(await model.decode(own.sample));
    const [edited] = await downloadPictures(device, decoded, imageRange, model.size, 1);
    return { prediction, picture: must(edited, 'an edited picture') };
  } finally {
    scope.dispose();
  }
}

/** The U-Net's output for a trajectory that stands at the step of `plan`. */
async function predict(
  device: TensorRuntime,
  model: DiffusionModel,
  trajectory: Trajectory,
  plan: { readonly timestep: number; readonly inputScale: number },
): Promise<Float32Array> {
  const scope = new DisposalScope();
  try {
    const terms = [{ tensor: trajectory.sample, scale: plan.inputScale }];
    const noisy = scope.own(await device.combine(terms));
    const input = scope.own(await assembleInput(device, 1, noisy, trajectory.condition));
    const output = await model.predict({
      input,
      timestep: plan.timestep,
      selfAttention: (_, own) => [own],
      signal: never,
    });
    return await device.download(scope.own(output));
  } finally {
    scope.dispose();
  }
}

function squares(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  }
  return sum;
}

function power(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += (values[i] ?? 0) ** 2;
  }
  return sum;
}

function decibels(signal: number, noise: number): number {
  return 10 * Math.log10(signal / noise);
}

/** PSNR over the three colours. */
function pictureDistance(a: Picture, b: Picture): number {
  const count = a.width * a.height * 3;
  // Alpha is 255 in both, so the whole arrays may be compared.
  return decibels(255 ** 2 * count, squares(a.data, b.data));
}
