import { describe, expect, it } from 'vitest';
import { compileCheckpoint } from '../src/models/compile.ts';
import { MemorySink } from '../src/models/package-sink.ts';
import { compare, Golden, type Plain } from '../src/models/testing/golden.ts';
import { filesSource, type TinyFiles } from '../src/models/testing/tiny-checkpoint.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPipelineOn, type PipelineRun } from './browser/pipeline-run.ts';
import { createNodeRuntime } from './support/node-runtime.ts';

const FOLDER = fileURLToPath(new URL('../../shared/goldens/', import.meta.url));
const WORDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

type Settings = {
  readonly num_inference_steps: number;
  readonly strength?: number;
  readonly guidance_scale: number;
  readonly image_guidance_scale?: number;
};
type Bounds = Record<'latents' | 'image', { readonly atol: number; readonly rtol: number }>;

/** The case's networks as one checkpoint, whose vocabulary makes the recorded ids of seven letters. */
async function packageOf(golden: Golden, ids: Plain): Promise<Record<string, string>> {
  const config = golden.json('config.json');
  const folder = (key: string) => join(golden.folder, String(config[key]));
  const file = (...path: readonly string[]) => new Uint8Array(readFileSync(join(...path)));
  const text = (value: string) => new TextEncoder().encode(value);
  const vocabulary = {
    '<|startoftext|>': ids.data[0],
    ...Object.fromEntries(WORDS.map((word, i) => [`${word}</w>`, ids.data[1 + i]])),
    '<|endoftext|>': ids.data[1 + WORDS.length],
  };
  const files: TinyFiles = new Map([
    ['model_index.json', text('{}')],
    ['unet/config.json', file(folder('unet'), 'config.json')],
    ['unet/diffusion_pytorch_model.safetensors', file(folder('unet'), 'weights.safetensors')],
    ['vae/config.json', file(folder('vae'), 'config.json')],
    ['vae/diffusion_pytorch_model.safetensors', file(folder('vae'), 'weights.safetensors')],
    ['text_encoder/config.json', file(folder('text_encoder'), 'config.json')],
    ['text_encoder/model.safetensors', file(folder('text_encoder'), 'weights.safetensors')],
    ['tokenizer/vocab.json', text(JSON.stringify(vocabulary))],
    ['tokenizer/merges.txt', text('#version: 0.2\n')],
    ['scheduler/scheduler_config.json', file(golden.folder, String(config['scheduler']))],
  ]);
  const sink = new MemorySink();
  await compileCheckpoint(filesSource(files), sink, { id: 'golden', quantisation: 'f32' });
  return Object.fromEntries(
    [...sink.files].map(([path, data]) => [path, Buffer.from(data).toString('base64')]),
  );
}

function tensor(tensors: Readonly<Record<string, Plain>>, name: string): Plain {
  const found = tensors[name];
  if (found === undefined) {
    throw new Error(`the case has no ${name}`);
  }
  return found;
}

/** Recorded draws by what they are for. */
function noiseOf(inputs: Readonly<Record<string, Plain>>, run: string): PipelineRun['noise'] {
  const drawn = (role: string) =>
    Object.keys(inputs)
      .filter((name) => name.startsWith(`${run}.noise`) && name.endsWith(`.${role}`))
      .toSorted()
      .map((name) => [...tensor(inputs, name).data]);
  // With a mask the last draw is for the covered picture; the one before it, if any, for the picture itself.
  const vae = drawn('vae');
  const covered = 'mask_u8' in inputs ? vae.pop() : undefined;
  return {
    ...(vae[0] === undefined ? {} : { source: vae[0] }),
    ...(covered === undefined ? {} : { covered }),
    initial: drawn('initial')[0] ?? [],
    scheduler: drawn('scheduler'),
  };
}

/** [height, width, 3] bytes as [3, height, width] in -1 to 1. */
function planes({ dims, data }: Plain): number[] {
  const area = (dims[0] ?? 0) * (dims[1] ?? 0);
  return Array.from({ length: 3 * area }, (_, i) => {
    return (data[(i % area) * 3 + Math.floor(i / area)] ?? 0) / 127.5 - 1;
  });
}

/** The reference takes every eighth mask value, where our own masks are means. */
function masksOf({ dims, data }: Plain): NonNullable<PipelineRun['mask']> {
  const [height = 0, width = 0] = dims;
  const [rows, columns] = [height / 8, width / 8];
  const picture = Array.from(data, (value) => value / 255);
  const latent = Array.from(
    { length: rows * columns },
    (_, i) => picture[Math.floor(i / columns) * 8 * width + (i % columns) * 8] ?? 0,
  );
  return { picture, latent };
}

/** Runs a recorded pipeline through the engine and compares where it ends. */
async function check(
  folder: string,
  run: string,
  options: Pick<PipelineRun, 'mode' | 'frames' | 'anchors'>,
): Promise<void> {
  const golden = new Golden(join(FOLDER, folder));
  const inputs = await golden.tensors('inputs.safetensors');
  const outputs = await golden.tensors('outputs.safetensors');
  const settings = (golden.json('config.json')['runs'] as Record<string, Settings>)[run];
  if (settings === undefined) {
    throw new Error(`${folder} has no run ${run}`);
  }
  const picture = tensor(inputs, 'image_u8');
  const runtime = createNodeRuntime();
  const { latents, image, leaked } = await runPipelineOn(runtime, {
    ...options,
    files: await packageOf(golden, tensor(inputs, 'input_ids')),
    prompt: WORDS.join(' '),
    steps: settings.num_inference_steps,
    strength: settings.strength ?? 1,
    guidance: { text: settings.guidance_scale, image: settings.image_guidance_scale ?? 1 },
    image: planes(picture),
    size: picture.dims[0] ?? 0,
    ...('mask_u8' in inputs ? { mask: masksOf(tensor(inputs, 'mask_u8')) } : {}),
    noise: noiseOf(inputs, run),
  });
  runtime.dispose();
  const bounds = (golden.tolerance as unknown as { fp32: Bounds }).fp32;
  const last = Object.keys(outputs)
    .filter((name) => name.startsWith(`${run}.latents_after_step`))
    .toSorted()
    .at(-1);
  const wanted = tensor(outputs, last ?? '');
  expect(latents).toHaveLength(options.frames);
  const close = (name: 'latents' | 'image', got: readonly number[], reference: Plain) => {
    const { atol, rtol } = bounds[name];
    const plain = { dims: reference.dims, data: Float32Array.from(got) };
    expect(compare(plain, reference, atol, rtol).worst).toBeLessThanOrEqual(1);
  };
  latents.forEach((frame) => close('latents', frame, wanted));
  close('image', image, tensor(outputs, `${run}.image_raw`));
  expect(leaked).toBe(0);
}

// Frames that all show one picture, and anchors that show it too, read their own keys in other words: so
// the result is that of the recorded pipeline, which knows no other frames.
describe('recorded pipelines through the chunk loop', () => {
  it.each([
    ['19a-pipe-img2img', 'four'],
    ['19a-pipe-img2img', 'seven'],
    ['19b-pipe-inpaint', 'full'],
    ['19b-pipe-inpaint', 'part'],
    ['19c-pipe-ip2p', 'four'],
  ] as const)('%s, %s, on the processor', async (folder, run) => {
    await check(folder, run, { mode: 'swap', frames: 3, anchors: 2 });
  });
});
