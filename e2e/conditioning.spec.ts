import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planBatches } from '../src/diffusion/chunks.ts';
import { drawNoise } from '../src/diffusion/noise.ts';
import { alphasCumprod } from '../src/diffusion/schedulers/noise-schedule.ts';
import { createSampler } from '../src/diffusion/schedulers/create-sampler.ts';
import { ChunkLoop } from '../src/engine/chunk-loop.ts';
import { toSchedulerConfig } from '../src/engine/scheduler-config.ts';
import type { Guidance } from '../src/engine/guidance-settings.ts';
import type { DiffusionModel } from '../src/engine/model.ts';
import type { CpuRuntime } from '../src/engine/runtime/cpu-runtime.ts';
import { Sampling } from '../src/engine/sampling.ts';
import { createNodeRuntime } from './support/node-runtime.ts';
import { loadTinyModel } from './support/tiny-model.ts';

const [CHANNELS, SIDE] = [4, 8];
const AREA = SIDE * SIDE;
const COUNT = CHANNELS * AREA;
const STEPS = 2;
const SEED = 11;
const FRAMES = [0, 1];
const GUIDANCE: Guidance = { text: 3, image: 1.4, rescale: 0.6 };
const never = new AbortController().signal;

const draw = (seed: number) => drawNoise({ seed, role: 'init', step: 0 }, COUNT);
const NOISE = draw(SEED);
const SOURCES = FRAMES.map((frame) => draw(100 + frame));
const COVERED = FRAMES.map((frame) => draw(200 + frame));
const HOLE = Float32Array.from({ length: AREA }, (_, i) => (i % SIDE > 4 ? 1 : 0));

let runtime: CpuRuntime;

beforeAll(() => {
  runtime = createNodeRuntime();
});

afterAll(() => {
  runtime.dispose();
});

function upload(parts: readonly Float32Array[], channels: number) {
  const values = Float32Array.from(parts.flatMap((part) => [...part]));
  return runtime.upload(values, [values.length / channels / AREA, channels, SIDE, SIDE], 'f32');
}

async function runEngine(model: DiffusionModel, strength: number): Promise<Float32Array> {
  const { manifest } = model;
  const anchors = { source: upload([], CHANNELS), mask: null };
  const loop = new ChunkLoop({
    runtime,
    sampling: new Sampling({
      runtime,
      model,
      sampler: createSampler(toSchedulerConfig(manifest), { steps: STEPS, strength }),
      guidance: GUIDANCE,
      seed: SEED,
      noisePerFrame: false,
      startsFromNoise: strength === 1 && manifest.conditioning !== 'none',
      signal: never,
    }),
    mode: 'independent',
    branches: model.branches,
    anchors,
    keepsBank: true,
    batchesPerChunk: 1,
    load: async ({ frames }) => ({
      source: upload(SOURCES, CHANNELS),
      mask: null,
      hole:
        manifest.conditioning === 'inpaint'
          ? {
              mask: upload(
                frames.map(() => HOLE),
                1,
              ),
              latents: upload(COVERED, CHANNELS),
            }
          : null,
    }),
    firstFrame: 0,
    signal: never,
  });
  let latents = new Float32Array();
  for await (const { trajectory } of loop.run(planBatches(FRAMES.length, FRAMES.length))) {
    latents = new Float32Array(await runtime.download(trajectory.sample));
    trajectory.dispose();
  }
  loop.dispose();
  anchors.source.dispose();
  return latents;
}

/** What stands behind a frame's noisy latents in each branch, as diffusers' pipelines lay it out. */
function extraOf({ manifest }: DiffusionModel, frame: number): Float32Array[] {
  const source = SOURCES[frame] ?? new Float32Array();
  switch (manifest.conditioning) {
    case 'none':
      return manifest.branches.map(() => new Float32Array());
    case 'edit':
      return manifest.branches.map(() =>
        Float32Array.of(...source, ...new Float32Array(AREA).fill(1)),
      );
    case 'ip2p':
      return [source, source, new Float32Array(COUNT)].map((part) =>
        part.map((value) => value / manifest.latent.scale),
      );
    case 'inpaint':
      return manifest.branches.map(() => Float32Array.of(...HOLE, ...(COVERED[frame] ?? [])));
  }
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Brooks et al. 2023, equation 3, or classifier-free guidance; then Lin et al. 2023, section 3.4. */
function guide(parts: readonly Float32Array[]): Float32Array {
  const [prompt = new Float32Array(), negative, neither] = parts;
  if (negative === undefined) {
    return prompt;
  }
  const guided = prompt.map((value, i) => {
    const [own, base] = [negative[i] ?? NaN, (neither ?? negative)[i] ?? NaN];
    return base + GUIDANCE.image * (own - base) + GUIDANCE.text * (value - own);
  });
  const factor = deviation(prompt) / deviation(guided);
  return guided.map((value) => value * (GUIDANCE.rescale * factor + 1 - GUIDANCE.rescale));
}

/** One frame at a time on arrays, DDIM for v-prediction as the paper has it. */
async function runPlainly(model: DiffusionModel, strength: number): Promise<Float32Array> {
  const alphas = alphasCumprod(toSchedulerConfig(model.manifest));
  const timesteps = [999, 499].slice(STEPS - STEPS * strength);
  const results: Float32Array[] = [];
  for (const frame of FRAMES) {
    const source = SOURCES[frame] ?? new Float32Array();
    const first = alphas[timesteps[0] ?? 0] ?? NaN;
    const fromNoise = strength === 1 && model.manifest.conditioning !== 'none';
    let x = NOISE.map((value, i) =>
      fromNoise ? value : Math.sqrt(first) * (source[i] ?? NaN) + Math.sqrt(1 - first) * value,
    );
    for (const timestep of timesteps) {
      const extra = extraOf(model, frame);
      const channels = CHANNELS + (extra[0]?.length ?? 0) / AREA;
      const input = upload(
        extra.map((part) => Float32Array.of(...x, ...part)),
        channels,
      );
      const raw = await model.predict({
        input,
        timestep,
        selfAttention: (_, own) => [own],
        signal: never,
      });
      const values = await runtime.download(raw);
      input.dispose();
      raw.dispose();
      const v = guide(extra.map((_, b) => values.slice(b * COUNT, (b + 1) * COUNT)));
      const from = alphas[timestep] ?? NaN;
      const to = timestep < 500 ? 1 : (alphas[timestep - 500] ?? NaN);
      x = x.map((value, i) => {
        const clean = Math.sqrt(from) * value - Math.sqrt(1 - from) * (v[i] ?? NaN);
        const noise = Math.sqrt(from) * (v[i] ?? NaN) + Math.sqrt(1 - from) * value;
        return Math.sqrt(to) * clean + Math.sqrt(1 - to) * noise;
      });
    }
    results.push(x);
  }
  return Float32Array.from(results.flatMap((part) => [...part]));
}

describe.each(['none', 'ip2p', 'inpaint', 'edit'] as const)('conditioning %s', (conditioning) => {
  it('reads its channels, branches and rescaled guidance as the papers say, and frees all', async () => {
    const model = await loadTinyModel(runtime, conditioning);
    expect(model.branches).toBe({ none: 2, ip2p: 3, inpaint: 2, edit: 1 }[conditioning]);
    const before = runtime.bytes.live;
    for (const strength of [1, 0.5]) {
      const latents = await runEngine(model, strength);
      const plain = await runPlainly(model, strength);
      expect(latents).toHaveLength(plain.length);
      expect(deviation(plain)).toBeGreaterThan(0.1);
      const most = latents.reduce(
        (a, value, i) => Math.max(a, Math.abs(value - (plain[i] ?? NaN))),
        0,
      );
      expect(most).toBeLessThan(1e-3 * deviation(plain));
    }
    expect(runtime.bytes.live).toBe(before);
    model.dispose();
  });
});
