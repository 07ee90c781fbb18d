import { must } from '../../src/base/assert.ts';
import { planBatches } from '../../src/diffusion/chunks.ts';
import type { Sampler } from '../../src/diffusion/schedulers/config.ts';
import { ChunkLoop } from '../../src/engine/chunk-loop.ts';
import { DiffusionModel, planPins } from '../../src/engine/model.ts';
import { openPackage } from '../../src/engine/package.ts';
import type { Tensor, TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { Sampling } from '../../src/engine/sampling.ts';
import { StageClock } from '../../src/engine/stage-clock.ts';
import type { KeysValues } from '../../src/engine/unet.ts';
import type { AttentionMode } from '../../src/project/document.ts';

/* A recorded evaluation across frames, run by the engine's own chunk loop with chunks of all sizes. */

type Values = { readonly dims: readonly number[]; readonly values: readonly number[] };

export type CrossFrameCase = {
  /** The package, as base64. */
  readonly files: Readonly<Record<string, string>>;
  /** [1, tokens, width] */
  readonly text: Values;
  readonly timestep: number;
  /** [frames, channels, h, w] */
  readonly frames: Values;
};

export type CrossFrameRun = {
  readonly mode: AttentionMode;
  readonly anchors: Values;
  /** Frames of one graph run, and graph runs that share a gather. */
  readonly batchSize: number;
  readonly batchesPerChunk: number;
  readonly keepsBank: boolean;
  readonly steps: number;
};

export type CrossFrameResults = {
  /** What each run makes of the frames, [frames, channels, h, w]. */
  readonly results: readonly (readonly number[])[];
  /** Bytes of tensors left behind. */
  readonly leaked: number;
};

const never = new AbortController().signal;
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The runtime is lent. */
export async function runCrossFrame(
  runtime: TensorRuntime,
  what: CrossFrameCase,
  runs: readonly CrossFrameRun[],
): Promise<CrossFrameResults> {
  const files = Object.fromEntries(
    Object.entries(what.files).map(([path, base64]) => [path, bytesOf(base64)]),
  );
  const read = async (path: string) => must(files[path], path).slice();
  const opened = await openPackage({ id: 'golden', read }, never);
  const [, , rows = 0, columns = 0] = what.frames.dims;
  const { factor } = opened.manifest.latent;
  const model = await DiffusionModel.load(
    {
      runtime,
      package: opened,
      size: { width: columns * factor, height: rows * factor },
      clock: new StageClock(),
    },
    never,
    () => {},
  );
  const before = runtime.bytes.live;
  const context = await readText(runtime, model, files, what.text);
  model.setContext(context.banks);
  const results: number[][] = [];
  for (const run of runs) {
    results.push(await runLoop(runtime, model, what, run));
  }
  context.tensors.forEach((tensor) => tensor.dispose());
  const leaked = runtime.bytes.live - before;
  model.dispose();
  return { results, leaked };
}

/** Keys and values of a recorded text at every cross-attention site; branches read the same one. */
async function readText(
  runtime: TensorRuntime,
  model: DiffusionModel,
  files: Readonly<Record<string, Uint8Array>>,
  { dims, values }: Values,
): Promise<{ banks: ReadonlyMap<string, KeysValues>; tensors: readonly Tensor[] }> {
  const part = must(model.manifest.contexts[0], 'a context graph');
  const pins = { ...planPins(model.manifest, model.size), textTokens: dims[1] ?? 0 };
  const graph = await runtime.load(must(files[part.file], part.file).slice(), pins);
  const one = runtime.upload(Float32Array.from(values), dims, 'f32');
  const text = await runtime.repeat(one, model.branches);
  const outputs = await runtime.run(graph, { [part.inputs[0] ?? '']: text });
  [one, text, graph].forEach((used) => used.dispose());
  const banks = Object.entries(part.sites).map(([path, names]) => {
    const bank = { k: must(outputs[names.k], names.k), v: must(outputs[names.v], names.v) };
    return [path, bank] as const;
  });
  return { banks: new Map(banks), tensors: Object.values(outputs) };
}

/** The last step lands on the model's own output; those before it move a little towards it. */
function samplerOf(timestep: number, steps: number): Sampler {
  return {
    pureNoise: 1,
    start: { signal: 1, noise: 0 },
    steps: Array.from({ length: steps }, (_, i) => ({
      timestep,
      inputScale: 1,
      x0: [{ source: 'output', scale: 1 }],
      clip: null,
      next:
        i === steps - 1
          ? [{ source: 'output', scale: 1 }]
          : [
              { source: 'sample', scale: 0.8 },
              { source: 'output', scale: 0.2 },
            ],
      landsOn: { signal: 1, noise: 0 },
    })),
  };
}

async function runLoop(
  runtime: TensorRuntime,
  model: DiffusionModel,
  { timestep, frames }: CrossFrameCase,
  { mode, anchors, batchSize, batchesPerChunk, keepsBank, steps }: CrossFrameRun,
): Promise<number[]> {
  const [count = 0, ...shape] = frames.dims;
  const size = shape.reduce((product, side) => product * side, 1);
  const source = runtime.upload(Float32Array.from(anchors.values), anchors.dims, 'f32');
  const loop = new ChunkLoop({
    runtime,
    sampling: new Sampling({
      runtime,
      model,
      sampler: samplerOf(timestep, steps),
      guidance: { text: 1, image: 1, rescale: 0 },
      seed: 0,
      noisePerFrame: false,
      startsFromNoise: false,
      signal: never,
    }),
    mode,
    branches: model.branches,
    anchors: { source, mask: null },
    keepsBank,
    batchesPerChunk,
    load: async (batch) => {
      const values = batch.frames.flatMap((frame) =>
        frames.values.slice(frame * size, (frame + 1) * size),
      );
      const dims = [batch.frames.length, ...shape];
      return { source: runtime.upload(Float32Array.from(values), dims, 'f32'), mask: null };
    },
    firstFrame: 0,
    signal: never,
  });
  const made: number[] = [];
  for await (const { batch, trajectory } of loop.run(planBatches(count, batchSize))) {
    const values = await runtime.download(trajectory.sample);
    made.push(...values.subarray(0, batch.real * size));
    trajectory.dispose();
  }
  loop.dispose();
  source.dispose();
  return made;
}
