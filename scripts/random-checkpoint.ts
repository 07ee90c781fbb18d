import { mkdir, open, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { floatToHalf } from '../src/base/half-float.ts';
import { checkpointShapes, type Shapes } from '../src/models/testing/random-checkpoint.ts';
import { pseudoRandom } from '../src/models/testing/tiny-checkpoint.ts';

const CONFIGS = {
  unet: {
    _class_name: 'UNet2DConditionModel',
    sample_size: 64,
    in_channels: 4,
    out_channels: 4,
    cross_attention_dim: 768,
    attention_head_dim: 8,
  },
  vae: {
    _class_name: 'AutoencoderKL',
    latent_channels: 4,
    block_out_channels: [128, 256, 512, 512],
    layers_per_block: 2,
    norm_num_groups: 32,
    down_block_types: Array.from({ length: 4 }, () => 'DownEncoderBlock2D'),
    up_block_types: Array.from({ length: 4 }, () => 'UpDecoderBlock2D'),
    scaling_factor: 0.18215,
  },
  text: {
    architectures: ['CLIPTextModel'],
    vocab_size: 49408,
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    max_position_embeddings: 77,
    hidden_act: 'quick_gelu',
  },
} as const;

/** Random numbers made once and cut from at changing places: a gigabyte of fresh ones would take minutes. */
const POOL = pseudoRandom(1 << 22, 1);

function values(name: string, shape: readonly number[], seed: number): Float32Array<ArrayBuffer> {
  const count = shape.reduce((product, side) => product * side, 1);
  const fan = shape.length > 1 ? count / (shape[0] ?? 1) : 1;
  const scale = shape.length > 1 ? Math.sqrt(3 / fan) : 0.05;
  const shift = shape.length === 1 && /norm\d?\.weight$|norm_out\.weight$/.test(name) ? 1 : 0;
  const out = new Float32Array(count);
  let from = (seed * 7919) % POOL.length;
  for (let at = 0; at < count; at++) {
    out[at] = (POOL[from] ?? 0) * scale + shift;
    from = from + 1 === POOL.length ? 0 : from + 1;
  }
  return out;
}

/** A safetensors file in half precision, tensor by tensor. */
async function writeTensors(path: string, shapes: Shapes): Promise<number> {
  const header: Record<string, unknown> = {};
  let bytes = 0;
  for (const [name, shape] of shapes) {
    const size = shape.reduce((product, side) => product * side, 1) * 2;
    header[name] = { dtype: 'F16', shape, data_offsets: [bytes, bytes + size] };
    bytes += size;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  const file = await open(path, 'w');
  try {
    await file.writeFile(length);
    await file.writeFile(json);
    let seed = 0;
    for (const [name, shape] of shapes) {
      await file.writeFile(new Uint8Array(floatToHalf(values(name, shape, seed++)).buffer));
    }
  } finally {
    await file.close();
  }
  return bytes / 2;
}

/** A checkpoint of Stable Diffusion 1.5's size and layout with random half-precision weights, for benchmarks. */
export async function writeRandomCheckpoint(folder: string): Promise<number> {
  const shapes = checkpointShapes(CONFIGS);
  const parts = [
    ['unet', 'diffusion_pytorch_model', CONFIGS.unet, shapes.unet],
    ['vae', 'diffusion_pytorch_model', CONFIGS.vae, shapes.vae],
    ['text_encoder', 'model', CONFIGS.text, shapes.text],
  ] as const;
  let count = 0;
  for (const [part, file, config, tensors] of parts) {
    await mkdir(join(folder, part), { recursive: true });
    await writeFile(join(folder, part, 'config.json'), JSON.stringify(config));
    count += await writeTensors(join(folder, part, `${file}.safetensors`), tensors);
  }
  await mkdir(join(folder, 'tokenizer'), { recursive: true });
  const vocabulary = { '!': 0, '<|startoftext|>': 49406, '<|endoftext|>': 49407 };
  await writeFile(join(folder, 'tokenizer/vocab.json'), JSON.stringify(vocabulary));
  await writeFile(join(folder, 'tokenizer/merges.txt'), '#version: 0.2\n');
  await writeFile(
    join(folder, 'model_index.json'),
    JSON.stringify({ title: 'Random', licence: 'none' }),
  );
  return count;
}

/** `node scripts/run.mjs random-checkpoint OUT` */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const [out] = args;
  if (out === undefined) {
    process.stderr.write('random-checkpoint OUT: where should the checkpoint be written?\n');
    return 2;
  }
  const count = await writeRandomCheckpoint(resolve(folder, out));
  process.stdout.write(`${(count / 1e6).toFixed(1)} million weights in ${out}\n`);
  return 0;
}
