import { guidanceCoefficients, type Branch } from '../../src/diffusion/guidance.ts';
import { createSampler } from '../../src/diffusion/schedulers/create-sampler.ts';
import { fromDiffusersScheduler } from '../../src/diffusion/schedulers/from-diffusers.ts';
import type {
  Level,
  Sampler,
  Source,
  StepPlan,
  Term,
} from '../../src/diffusion/schedulers/config.ts';
import { parseClipTextConfig } from '../../src/models/nets/clip-config.ts';
import { planClipText } from '../../src/models/nets/clip-text.ts';
import { planVae } from '../../src/models/nets/vae.ts';
import type { VaePlan } from '../../src/models/nets/vae-plan.ts';
import { compare, type Golden, type Plain } from '../../src/models/testing/golden.ts';
import type { Bench, BenchUnet } from './bench.ts';
import { judgeClose, plain, row, tensor, type CaseContext, type Row } from './case.ts';
import { combine, decode, encode } from './pictures.ts';
import { embed } from './unets.ts';

type RunSettings = {
  readonly num_inference_steps: number;
  readonly strength?: number;
  readonly guidance_scale: number;
  readonly image_guidance_scale?: number;
};
type PipelineTolerance = Record<
  'latents' | 'image',
  { readonly atol: number; readonly rtol: number }
>;
type Kind = 'img2img' | 'inpaint' | 'ip2p';

const KINDS: Readonly<Record<string, Kind>> = {
  StableDiffusionImg2ImgPipeline: 'img2img',
  StableDiffusionInpaintPipeline: 'inpaint',
  StableDiffusionInstructPix2PixPipeline: 'ip2p',
};

/** Branches in the reference's batch order. */
const BRANCHES: Readonly<Record<Kind, readonly Branch[]>> = {
  img2img: [
    { text: 'negative', image: true },
    { text: 'prompt', image: true },
  ],
  inpaint: [
    { text: 'negative', image: true },
    { text: 'prompt', image: true },
  ],
  ip2p: [
    { text: 'prompt', image: true },
    { text: 'negative', image: true },
    { text: 'negative', image: false },
  ],
};

type Parts = {
  readonly kind: Kind;
  readonly bench: Bench;
  readonly unet: BenchUnet;
  readonly vae: VaePlan;
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly outputs: Readonly<Record<string, Plain>>;
  readonly context: Plain;
};

function join(parts: readonly Plain[], axis: 0 | 1): Plain {
  const first = parts[0]?.dims ?? [];
  const dims = first.map((side, at) =>
    at === axis ? parts.reduce((sum, part) => sum + (part.dims[axis] ?? 0), 0) : side,
  );
  const rows = axis === 0 ? 1 : (first[0] ?? 1);
  const data: number[] = [];
  for (let at = 0; at < rows; at++) {
    for (const part of parts) {
      const size = part.data.length / rows;
      data.push(...part.data.subarray(at * size, (at + 1) * size));
    }
  }
  return plain(dims, data);
}

function map(values: Plain, change: (value: number, at: number) => number): Plain {
  return plain(values.dims, values.data.map(change));
}

/** [height, width, 3] bytes to [1, 3, height, width] in [-1, 1]. */
function toImage(bytes: Plain): Plain {
  const [height = 0, width = 0] = bytes.dims;
  const area = height * width;
  const data = Float32Array.from({ length: area * 3 }, (_, at) => {
    const [channel, place] = [Math.floor(at / area), at % area];
    return (bytes.data[place * 3 + channel] ?? 0) / 127.5 - 1;
  });
  return plain([1, 3, height, width], data);
}

/** A draw from the encoder's distribution, scaled as the U-Net wants it. */
async function sampled({ bench, vae }: Parts, image: Plain, noise: Plain): Promise<Plain> {
  const made = await encode(bench, vae, image);
  const mean = tensor(made, 'latents');
  const logvar = tensor(made, 'logvar');
  return map(mean, (value, at) => {
    const deviation = Math.exp(Math.max(-30, Math.min(20, logvar.data[at] ?? 0)) / 2);
    return (value + deviation * (noise.data[at] ?? 0) - vae.shift) * vae.scale;
  });
}

/** Recorded noise in the order it was drawn. */
class Noise {
  readonly #inputs: Readonly<Record<string, Plain>>;
  readonly #run: string;
  #at = 0;

  constructor(inputs: Readonly<Record<string, Plain>>, run: string) {
    this.#inputs = inputs;
    this.#run = run;
  }

  next(role: 'vae' | 'initial' | 'scheduler'): Plain {
    return tensor(this.#inputs, `${this.#run}.noise${String(this.#at++)}.${role}`);
  }
}

function mix(terms: readonly Term[], known: Readonly<Partial<Record<Source, Plain>>>): Plain {
  const parts = terms.map((term) => {
    const part = known[term.source];
    if (part === undefined) {
      throw new Error(`a step reads ${term.source}, which nobody made`);
    }
    return part;
  });
  return combine(
    parts,
    terms.map((term) => term.scale),
  );
}

type Start = { readonly sample: Plain; readonly extra: (branch: Branch) => readonly Plain[] };

async function startImg2Img(parts: Parts, noise: Noise, start: Level): Promise<Start> {
  const clean = await sampled(parts, toImage(tensor(parts.inputs, 'image_u8')), noise.next('vae'));
  return {
    sample: combine([clean, noise.next('initial')], [start.signal, start.noise]),
    extra: () => [],
  };
}

async function startInpaint(
  parts: Parts,
  noise: Noise,
  sampler: Sampler,
  strength: number,
): Promise<Start> {
  const image = toImage(tensor(parts.inputs, 'image_u8'));
  const mask = tensor(parts.inputs, 'mask_u8');
  const [height = 0, width = 0] = mask.dims;
  const inside = mask.data.map((value) => (value / 255 >= 0.5 ? 1 : 0));
  const clean = strength < 1 ? await sampled(parts, image, noise.next('vae')) : undefined;
  const initial = noise.next('initial');
  const sample =
    clean === undefined
      ? map(initial, (value) => value * sampler.pureNoise)
      : combine([clean, initial], [sampler.start.signal, sampler.start.noise]);
  const hidden = map(image, (value, at) => value * (1 - (inside[at % (height * width)] ?? 0)));
  const masked = await sampled(parts, hidden, noise.next('vae'));
  const [, , rows = 0, columns = 0] = masked.dims;
  const small = Float32Array.from({ length: rows * columns }, (_, at) => {
    const y = Math.floor((Math.floor(at / columns) * height) / rows);
    const x = Math.floor(((at % columns) * width) / columns);
    return inside[y * width + x] ?? 0;
  });
  return { sample, extra: () => [plain([1, 1, rows, columns], small), masked] };
}

async function startIp2p(parts: Parts, noise: Noise, sampler: Sampler): Promise<Start> {
  const image = toImage(tensor(parts.inputs, 'image_u8'));
  const latents = tensor(await encode(parts.bench, parts.vae, image), 'latents');
  const zeros = map(latents, () => 0);
  return {
    sample: map(noise.next('initial'), (value) => value * sampler.pureNoise),
    extra: (branch) => [branch.image ? latents : zeros],
  };
}

async function predict(parts: Parts, plan: StepPlan, sample: Plain, start: Start): Promise<Plain> {
  const branches = BRANCHES[parts.kind];
  const scaled = map(sample, (value) => value * plan.inputScale);
  const batch = join(
    branches.map((branch) => join([scaled, ...start.extra(branch)], 1)),
    0,
  );
  const times = branches.map(() => plan.timestep);
  const call = {
    inputs: { sample: batch, timeEmbedding: embed(times, parts.unet.config) },
    context: parts.context,
  };
  return (await parts.unet.predict(call)).prediction;
}

function split(values: Plain, count: number): readonly Plain[] {
  const size = values.data.length / count;
  return Array.from({ length: count }, (_, at) =>
    plain([1, ...values.dims.slice(1)], values.data.slice(at * size, (at + 1) * size)),
  );
}

async function runPipeline(
  parts: Parts,
  run: string,
  settings: RunSettings,
  scheduler: Readonly<Record<string, unknown>>,
  bounds: PipelineTolerance,
): Promise<readonly Row[]> {
  const { outputs, kind } = parts;
  const strength = settings.strength ?? 1;
  const sampler = createSampler(fromDiffusersScheduler(scheduler), {
    steps: settings.num_inference_steps,
    strength,
  });
  const noise = new Noise(parts.inputs, run);
  const start =
    kind === 'img2img'
      ? await startImg2Img(parts, noise, sampler.start)
      : kind === 'inpaint'
        ? await startInpaint(parts, noise, sampler, strength)
        : await startIp2p(parts, noise, sampler);
  const branches = BRANCHES[kind];
  const scales = guidanceCoefficients(branches, {
    text: settings.guidance_scale,
    image: settings.image_guidance_scale,
  });
  const rows: Row[] = [];
  const check = (name: string, got: Plain, bound: 'latents' | 'image'): void => {
    const { atol, rtol } = bounds[bound];
    rows.push(judgeClose(`${run}.${name}`, got, tensor(outputs, `${run}.${name}`), atol, rtol));
  };
  let sample = start.sample;
  let lastX0: Plain | undefined;
  for (const [index, plan] of sampler.steps.entries()) {
    const raw = await predict(parts, plan, sample, start);
    check(`unet_out_step${String(index)}`, raw, 'latents');
    const output = combine(split(raw, branches.length), scales);
    const known = { sample, output, ...(lastX0 === undefined ? {} : { lastX0 }) };
    const x0 = mix(plan.x0, known);
    const draws = plan.next.some((term) => term.source === 'noise');
    sample = mix(plan.next, { ...known, x0, ...(draws ? { noise: noise.next('scheduler') } : {}) });
    check(`latents_after_step${String(index)}`, sample, 'latents');
    lastX0 = x0;
  }
  const image = await decode(
    parts.bench,
    parts.vae,
    map(sample, (value) => value / parts.vae.scale + parts.vae.shift),
  );
  check('image_raw', image, 'image');
  const shown = map(image, (value) => Math.max(0, Math.min(1, value / 2 + 0.5)));
  check('image', shown, 'image');
  rows.push(bytesRow(run, shown, tensor(outputs, `${run}.image_u8`)));
  return rows;
}

/** [1, 3, h, w] in [0, 1] against [h, w, 3] bytes: one step apart at most. */
function bytesRow(run: string, image: Plain, wanted: Plain): Row {
  const [height = 0, width = 0] = wanted.dims;
  const area = height * width;
  const bytes = Float32Array.from({ length: area * 3 }, (_, at) =>
    Math.round(255 * (image.data[(at % 3) * area + Math.floor(at / 3)] ?? 0)),
  );
  const { maxAbs } = compare(plain(wanted.dims, bytes), wanted);
  return row(`${run}.image_u8`, wanted.dims, maxAbs, 255, '1 step', maxAbs <= 1);
}

/** Cases 19: whole pipelines from picture and token ids to picture, every step compared. */
export async function checkPipeline(context: CaseContext): Promise<readonly Row[]> {
  const { golden } = context;
  const config = golden.json('config.json');
  const named = (key: string): Golden =>
    context.sibling(String(config[key]).split('/').at(-1) ?? '');
  const kind = KINDS[String(config['pipeline'])];
  if (kind === undefined) {
    throw new Error(`the pipeline ${String(config['pipeline'])} is not known`);
  }
  const bench = await context.bench();
  const [unetFolder, vaeFolder, textFolder] = [named('unet'), named('vae'), named('text_encoder')];
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const ids = tensor(inputs, 'input_ids');
  const textPlan = planClipText(
    parseClipTextConfig(textFolder.json('config.json')),
    await textFolder.weights(),
    bench.coder,
  );
  const states = tensor(
    await bench.run(textPlan, { ids: { dims: ids.dims, ids: Int32Array.from(ids.data) } }),
    'context',
  );
  const [positive, negative] = split(states, 2);
  const bounds = (golden.tolerance as unknown as { fp32: PipelineTolerance }).fp32;
  const rows = [judgeClose('prompt_embeds', states, tensor(outputs, 'prompt_embeds'), 1e-4, 1e-4)];
  const parts: Parts = {
    kind,
    bench,
    unet: bench.unet(unetFolder.json('config.json'), await unetFolder.weights()),
    vae: planVae(vaeFolder.json('config.json'), await vaeFolder.weights(), bench.coder),
    inputs,
    outputs,
    context: join(
      BRANCHES[kind].map((branch) => (branch.text === 'prompt' ? positive : negative) as Plain),
      0,
    ),
  };
  const scheduler = golden.json(String(config['scheduler']));
  for (const [run, settings] of Object.entries(config['runs'] as Record<string, RunSettings>)) {
    rows.push(...(await runPipeline(parts, run, settings, scheduler, bounds)));
  }
  return rows;
}
