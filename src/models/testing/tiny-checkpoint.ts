import { memorySource, type CheckpointSource } from '../reading/byte-source.ts';

export type TinyTensor = { readonly shape: readonly number[]; readonly values: Float32Array };

/** Repeatable values around zero (mulberry32). */
export function pseudoRandom(count: number, seed: number, scale = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * scale;
  });
}

/** A safetensors file of float32 tensors. */
export function packSafetensors(
  tensors: Readonly<Record<string, TinyTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  let at = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + values.byteLength] };
    at += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.byteLength + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  file.set(json, 8);
  let to = 8 + json.byteLength;
  for (const { values } of Object.values(tensors)) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), to);
    to += values.byteLength;
  }
  return file;
}

export type TinyFiles = Map<string, Uint8Array<ArrayBuffer>>;

export function filesSource(files: TinyFiles): CheckpointSource {
  return {
    open: (path) => {
      const data = files.get(path);
      return Promise.resolve(data === undefined ? undefined : memorySource(path, data));
    },
    list: (folder) =>
      Promise.resolve(
        [...files.keys()].filter(
          (path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === folder,
        ),
      ),
  };
}

type Shapes = Record<string, readonly number[]>;

const json = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(value));

function layer(shapes: Shapes, path: string, ...shape: readonly number[]): void {
  shapes[`${path}.weight`] = shape;
  shapes[`${path}.bias`] = shape.slice(0, 1);
}

function norm(shapes: Shapes, path: string, channels: number): void {
  layer(shapes, path, channels);
}

const LEVELS = [8, 16] as const;
const WIDTH = 16;
const TIME = 32;

function resnetShapes(shapes: Shapes, path: string, from: number, to: number): void {
  norm(shapes, `${path}.norm1`, from);
  layer(shapes, `${path}.conv1`, to, from, 3, 3);
  layer(shapes, `${path}.time_emb_proj`, to, TIME);
  norm(shapes, `${path}.norm2`, to);
  layer(shapes, `${path}.conv2`, to, to, 3, 3);
  if (from !== to) {
    layer(shapes, `${path}.conv_shortcut`, to, from, 1, 1);
  }
}

function transformerShapes(shapes: Shapes, path: string, channels: number): void {
  norm(shapes, `${path}.norm`, channels);
  layer(shapes, `${path}.proj_in`, channels, channels);
  layer(shapes, `${path}.proj_out`, channels, channels);
  const block = `${path}.transformer_blocks.0`;
  for (const [name, width] of [
    ['attn1', channels],
    ['attn2', WIDTH],
  ] as const) {
    shapes[`${block}.${name}.to_q.weight`] = [channels, channels];
    shapes[`${block}.${name}.to_k.weight`] = [channels, width];
    shapes[`${block}.${name}.to_v.weight`] = [channels, width];
    layer(shapes, `${block}.${name}.to_out.0`, channels, channels);
  }
  for (const name of ['norm1', 'norm2', 'norm3']) {
    norm(shapes, `${block}.${name}`, channels);
  }
  layer(shapes, `${block}.ff.net.0.proj`, channels * 8, channels);
  layer(shapes, `${block}.ff.net.2`, channels, channels * 4);
}

function unetShapes(inChannels: number, latents: number): Shapes {
  const shapes: Shapes = {};
  const [outer, inner] = LEVELS;
  layer(shapes, 'conv_in', outer, inChannels, 3, 3);
  layer(shapes, 'time_embedding.linear_1', TIME, outer);
  layer(shapes, 'time_embedding.linear_2', TIME, TIME);
  resnetShapes(shapes, 'down_blocks.0.resnets.0', outer, outer);
  layer(shapes, 'down_blocks.0.downsamplers.0.conv', outer, outer, 3, 3);
  resnetShapes(shapes, 'down_blocks.1.resnets.0', outer, inner);
  transformerShapes(shapes, 'down_blocks.1.attentions.0', inner);
  resnetShapes(shapes, 'mid_block.resnets.0', inner, inner);
  transformerShapes(shapes, 'mid_block.attentions.0', inner);
  resnetShapes(shapes, 'mid_block.resnets.1', inner, inner);
  resnetShapes(shapes, 'up_blocks.0.resnets.0', inner * 2, inner);
  transformerShapes(shapes, 'up_blocks.0.attentions.0', inner);
  resnetShapes(shapes, 'up_blocks.0.resnets.1', inner + outer, inner);
  transformerShapes(shapes, 'up_blocks.0.attentions.1', inner);
  layer(shapes, 'up_blocks.0.upsamplers.0.conv', inner, inner, 3, 3);
  resnetShapes(shapes, 'up_blocks.1.resnets.0', inner + outer, outer);
  resnetShapes(shapes, 'up_blocks.1.resnets.1', outer * 2, outer);
  norm(shapes, 'conv_norm_out', outer);
  layer(shapes, 'conv_out', latents, outer, 3, 3);
  return shapes;
}

function vaeShapes(latents: number): Shapes {
  const shapes: Shapes = {};
  layer(shapes, 'encoder.conv_in', 8, 48, 3, 3);
  layer(shapes, 'encoder.down', 12, 8, 3, 3);
  layer(shapes, 'encoder.conv_out', latents, 12, 3, 3);
  layer(shapes, 'decoder.conv_in', 12, latents, 3, 3);
  layer(shapes, 'decoder.up', 32, 12, 3, 3);
  layer(shapes, 'decoder.conv_out', 48, 8, 3, 3);
  for (const [path, channels] of [
    ['encoder.stages.0', 8],
    ['encoder.stages.1', 12],
    ['decoder.stages.0', 12],
    ['decoder.stages.1', 8],
  ] as const) {
    layer(shapes, `${path}.blocks.0.conv1`, channels, channels, 3, 3);
    layer(shapes, `${path}.blocks.0.conv2`, channels, channels, 3, 3);
  }
  return shapes;
}

function textShapes(): Shapes {
  const shapes: Shapes = {
    'text_model.embeddings.token_embedding.weight': [40, WIDTH],
    'text_model.embeddings.position_embedding.weight': [77, WIDTH],
  };
  const path = 'text_model.encoder.layers.0';
  for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
    layer(shapes, `${path}.self_attn.${name}`, WIDTH, WIDTH);
  }
  layer(shapes, `${path}.mlp.fc1`, WIDTH * 2, WIDTH);
  layer(shapes, `${path}.mlp.fc2`, WIDTH, WIDTH * 2);
  norm(shapes, `${path}.layer_norm1`, WIDTH);
  norm(shapes, `${path}.layer_norm2`, WIDTH);
  norm(shapes, 'text_model.final_layer_norm', WIDTH);
  return shapes;
}

function fill(shapes: Shapes, seed: number): Record<string, TinyTensor> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => {
      const count = shape.reduce((product, side) => product * side, 1);
      const isNorm = /norm\d?\.weight$|norm_out\.weight$/.test(name);
      const fanIn = shape.length > 1 ? count / (shape[0] ?? 1) : 8;
      const values = pseudoRandom(count, seed + index, isNorm ? 0.2 : Math.sqrt(2 / fanIn));
      return [name, { shape, values: isNorm ? values.map((value) => value + 1) : values }];
    }),
  );
}

function cutOutputs(
  tensors: Record<string, TinyTensor>,
  [from, to]: readonly [number, number],
): Record<string, TinyTensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      if (!name.startsWith('conv_out.')) {
        return [name, tensor];
      }
      const [channels = 0, ...rest] = tensor.shape;
      const row = tensor.values.length / channels;
      return [
        name,
        { shape: [to - from, ...rest], values: tensor.values.slice(from * row, to * row) },
      ];
    }),
  );
}

/**
 * A checkpoint in the starter's layout with 30,000 random weights: latents of 4 channels, two levels, one text layer. Of
 * another conditioning it reads other channels beside the latents. `outputs`: which of
 * eight channels the U-Net's last convolution has, from and to.
 */
export function tinyCheckpoint(
  conditioning: 'none' | 'ip2p' | 'inpaint' | 'edit' = 'edit',
  outputs: readonly [number, number] = [0, 4],
): TinyFiles {
  const latents = 4;
  const inChannels = {
    none: latents,
    ip2p: latents * 2,
    inpaint: latents * 2 + 1,
    edit: latents * 2 + 1,
  }[conditioning];
  return new Map<string, Uint8Array<ArrayBuffer>>([
    ['model_index.json', json({ conditioning, title: 'Tiny', licence: 'MIT', default_size: 64 })],
    [
      'unet/config.json',
      json({
        _class_name: 'UNet2DConditionModel',
        in_channels: inChannels,
        out_channels: outputs[1] - outputs[0],
        block_out_channels: LEVELS,
        down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D'],
        mid_block_type: 'UNetMidBlock2DCrossAttn',
        up_block_types: ['CrossAttnUpBlock2D', 'UpBlock2D'],
        layers_per_block: 1,
        attention_head_dim: 2,
        cross_attention_dim: WIDTH,
        norm_num_groups: 4,
        use_linear_projection: true,
      }),
    ],
    [
      'unet/diffusion_pytorch_model.safetensors',
      packSafetensors(cutOutputs(fill(unetShapes(inChannels, 8), 1), outputs)),
    ],
    [
      'vae/config.json',
      json({
        _class_name: 'DeltacutAutoencoder',
        image_channels: 3,
        latent_channels: latents,
        patch: 4,
        channels: [8, 12],
        blocks: 1,
        factor: 8,
      }),
    ],
    ['vae/diffusion_pytorch_model.safetensors', packSafetensors(fill(vaeShapes(latents), 1000))],
    [
      'text_encoder/config.json',
      json({
        vocab_size: 40,
        hidden_size: WIDTH,
        intermediate_size: WIDTH * 2,
        num_hidden_layers: 1,
        num_attention_heads: 2,
        max_position_embeddings: 77,
        hidden_act: 'quick_gelu',
        eos_token_id: 39,
      }),
    ],
    ['text_encoder/model.safetensors', packSafetensors(fill(textShapes(), 2000))],
    ['tokenizer/vocab.json', json({ '!': 0, '<|startoftext|>': 38, '<|endoftext|>': 39 })],
    ['tokenizer/merges.txt', new TextEncoder().encode('#version: 0.2\n')],
    [
      'scheduler/scheduler_config.json',
      json({
        _class_name: 'DDIMScheduler',
        prediction_type: 'v_prediction',
        rescale_betas_zero_snr: true,
        timestep_spacing: 'trailing',
        clip_sample: false,
        deltacut_steps: conditioning === 'edit' ? 4 : 5,
      }),
    ],
  ]);
}
