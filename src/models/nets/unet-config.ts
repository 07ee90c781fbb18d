import * as v from 'valibot';
import { AppError } from '../../base/error.ts';
import {
  parseMotionAdapter,
  parseMotionModel,
  withoutMotion,
  type MotionConfig,
} from './motion-config.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1 << 20));
const channel = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1 << 20));
const perLevel = v.union([count, v.pipe(v.array(count), v.minLength(1))]);
const nothing = v.optional(v.nullable(v.unknown()));

/** The keys of diffusers' UNet2DConditionModel that decide the graph; what is missing has the class's default. */
const schema = v.object({
  _class_name: v.optional(v.string(), 'UNet2DConditionModel'),
  in_channels: v.optional(count, 4),
  out_channels: v.optional(count, 4),
  flip_sin_to_cos: v.optional(v.boolean(), true),
  freq_shift: v.optional(v.pipe(v.number(), v.finite()), 0),
  down_block_types: v.optional(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(8)), [
    'CrossAttnDownBlock2D',
    'CrossAttnDownBlock2D',
    'CrossAttnDownBlock2D',
    'DownBlock2D',
  ]),
  mid_block_type: v.optional(v.nullable(v.string()), 'UNetMidBlock2DCrossAttn'),
  up_block_types: v.optional(v.array(v.string()), [
    'UpBlock2D',
    'CrossAttnUpBlock2D',
    'CrossAttnUpBlock2D',
    'CrossAttnUpBlock2D',
  ]),
  block_out_channels: v.optional(v.array(count), [320, 640, 1280, 1280]),
  layers_per_block: v.optional(perLevel, 2),
  downsample_padding: v.optional(v.number(), 1),
  mid_block_scale_factor: v.optional(v.number(), 1),
  act_fn: v.optional(v.string(), 'silu'),
  norm_num_groups: v.optional(v.nullable(count), 32),
  norm_eps: v.optional(v.pipe(v.number(), v.minValue(1e-12), v.maxValue(1)), 1e-5),
  cross_attention_dim: v.optional(perLevel, 1280),
  transformer_layers_per_block: v.optional(perLevel, 1),
  attention_head_dim: v.optional(perLevel, 8),
  num_attention_heads: v.optional(v.nullable(perLevel)),
  use_linear_projection: v.optional(v.boolean(), false),
  only_cross_attention: v.optional(v.union([v.boolean(), v.array(v.boolean())]), false),
  dual_cross_attention: v.optional(v.boolean(), false),
  center_input_sample: v.optional(v.boolean(), false),
  time_cond_proj_dim: v.optional(v.nullable(count)),
  time_embedding_type: v.optional(v.string(), 'positional'),
  time_embedding_dim: v.optional(v.nullable(count)),
  time_embedding_act_fn: nothing,
  timestep_post_act: nothing,
  class_embed_type: nothing,
  num_class_embeds: nothing,
  addition_embed_type: nothing,
  encoder_hid_dim: nothing,
  encoder_hid_dim_type: nothing,
  attention_type: v.optional(v.string(), 'default'),
  cross_attention_norm: nothing,
  reverse_transformer_layers_per_block: nothing,
  resnet_time_scale_shift: v.optional(v.string(), 'default'),
  resnet_skip_time_act: v.optional(v.boolean(), false),
  resnet_out_scale_factor: v.optional(v.number(), 1),
  conv_in_kernel: v.optional(v.number(), 3),
  conv_out_kernel: v.optional(v.number(), 3),
  /** Ours, for residual editors: input channels [from, to) that are added to the result. */
  deltacut_adds_input: v.optional(v.nullable(v.tuple([channel, channel]))),
  /** Ours: the second half of conv_out's channels scales what is added, see `UnetConfig.scalesInput`. */
  deltacut_scales_input: v.optional(v.boolean(), false),
});

type Json = Readonly<Record<string, unknown>>;
type Raw = v.InferOutput<typeof schema>;

/** One resolution of the U-Net on one side (down or up). */
export type UnetLevel = {
  readonly channels: number;
  readonly layers: number;
  readonly heads: number;
  /** Transformer blocks per attention module; 0 where the block has no attention. */
  readonly transformers: number;
};

export type UnetConfig = {
  readonly inChannels: number;
  /** Of the prediction; conv_out makes twice as many where `scalesInput`. */
  readonly outChannels: number;
  readonly flipSinToCos: boolean;
  readonly freqShift: number;
  readonly down: readonly UnetLevel[];
  /** Outermost last, as the network runs them. */
  readonly up: readonly UnetLevel[];
  readonly middle: UnetLevel | undefined;
  readonly groups: number;
  readonly epsilon: number;
  readonly contextWidth: number;
  readonly linearProjection: boolean;
  readonly timeChannels: number;
  readonly condChannels: number | undefined;
  /** Input channels [from, to) that are added to the last convolution's result; as many as it predicts. */
  readonly addsInput: readonly [number, number] | undefined;
  /** Whether conv_out makes twice the predicted channels: a change, and a gain g; added is then (1 + g) times the input. */
  readonly scalesInput: boolean;
  readonly motion: MotionConfig | undefined;
};

/** Defaults that a supported checkpoint keeps; another value means a layer this compiler does not write. */
const REQUIRED = {
  act_fn: ['silu', 'swish'],
  only_cross_attention: [false],
  dual_cross_attention: [false],
  center_input_sample: [false],
  time_embedding_type: ['positional'],
  time_embedding_dim: [null],
  time_embedding_act_fn: [null],
  timestep_post_act: [null],
  class_embed_type: [null],
  num_class_embeds: [null],
  addition_embed_type: [null],
  encoder_hid_dim: [null],
  encoder_hid_dim_type: [null],
  attention_type: ['default'],
  cross_attention_norm: [null],
  reverse_transformer_layers_per_block: [null],
  resnet_time_scale_shift: ['default'],
  resnet_skip_time_act: [false],
  resnet_out_scale_factor: [1],
  mid_block_scale_factor: [1],
  // With 0 diffusers pads right and bottom instead.
  downsample_padding: [1],
  conv_in_kernel: [3],
  conv_out_kernel: [3],
} as const satisfies Partial<Record<keyof Raw, readonly unknown[]>>;

function refuse(what: string): never {
  throw new AppError('model/unsupported', what);
}

/**
 * Reads a U-Net's config.json, old ones with few keys too, and a UNetMotionModel's. With `adapter`, a motion adapter's
 * config.json, its motion modules are added. `model/unsupported` names the key that can't be met.
 */
export function parseUnetConfig(json: Json, adapter?: Json): UnetConfig {
  const hasMotion = json['_class_name'] === 'UNetMotionModel';
  const config = parsePlain(hasMotion ? withoutMotion(json) : json);
  const channels = config.down.map((level) => level.channels);
  if (hasMotion) {
    return { ...config, motion: parseMotionModel(json, channels) };
  }
  if (adapter === undefined) {
    return config;
  }
  const layers = config.down.map((level) => level.layers);
  const skeleton = { channels, layers, groups: config.groups };
  return { ...config, motion: parseMotionAdapter(adapter, skeleton) };
}

function parsePlain(json: Json): UnetConfig {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new AppError(
      'model/bad-checkpoint',
      `U-Net config, ${v.getDotPath(issue) ?? 'top'}: ${issue.message}`,
    );
  }
  const raw = parsed.output;
  if (raw._class_name !== 'UNet2DConditionModel') {
    refuse(
      `The U-Net is a ${raw._class_name}; supported are UNet2DConditionModel and UNetMotionModel.`,
    );
  }
  for (const [key, allowed] of Object.entries(REQUIRED)) {
    const value = raw[key as keyof typeof REQUIRED] ?? null;
    if (!(allowed as readonly unknown[]).includes(value)) {
      refuse(`U-Net ${key} is ${JSON.stringify(value)}; supported is ${allowed.join(' or ')}.`);
    }
  }
  if (raw.norm_num_groups === null) {
    refuse('U-Net norm_num_groups is null.');
  }
  return assemble(raw, raw.norm_num_groups);
}

function assemble(raw: Raw, groups: number): UnetConfig {
  const levels = raw.block_out_channels.length;
  const each = (value: number | readonly number[], key: string): readonly number[] => {
    const list = typeof value === 'number' ? Array.from({ length: levels }, () => value) : value;
    if (list.length !== levels) {
      refuse(`U-Net ${key} has ${String(list.length)} entries for ${String(levels)} levels.`);
    }
    return list;
  };
  if (raw.down_block_types.length !== levels || raw.up_block_types.length !== levels) {
    refuse(`U-Net block types do not match its ${String(levels)} levels.`);
  }
  const heads = each(raw.num_attention_heads ?? raw.attention_head_dim, 'attention_head_dim');
  const layers = each(raw.layers_per_block, 'layers_per_block');
  const transformers = each(raw.transformer_layers_per_block, 'transformer_layers_per_block');
  const contexts = new Set(each(raw.cross_attention_dim, 'cross_attention_dim'));
  if (contexts.size !== 1) {
    refuse('U-Net cross_attention_dim differs between levels.');
  }
  const level = (
    at: number,
    type: string,
    plain: string,
    cross: string,
    extra: number,
  ): UnetLevel => {
    if (type !== plain && type !== cross) {
      refuse(`U-Net block ${type}; supported are ${plain} and ${cross}.`);
    }
    const channels = raw.block_out_channels[at] ?? 0;
    const attention = type === cross;
    checkLevel(channels, groups, attention ? (heads[at] ?? 1) : 1);
    return {
      channels,
      layers: (layers[at] ?? 1) + extra,
      heads: heads[at] ?? 1,
      transformers: attention ? (transformers[at] ?? 1) : 0,
    };
  };
  const last = levels - 1;
  return {
    inChannels: raw.in_channels,
    outChannels: predictedChannels(raw),
    flipSinToCos: raw.flip_sin_to_cos,
    freqShift: raw.freq_shift,
    down: raw.down_block_types.map((type, at) =>
      level(at, type, 'DownBlock2D', 'CrossAttnDownBlock2D', 0),
    ),
    up: raw.up_block_types.map((type, at) =>
      level(last - at, type, 'UpBlock2D', 'CrossAttnUpBlock2D', 1),
    ),
    middle:
      raw.mid_block_type === null
        ? undefined
        : {
            ...level(
              last,
              raw.mid_block_type,
              'UNetMidBlock2DCrossAttn',
              'UNetMidBlock2DCrossAttn',
              0,
            ),
            layers: 1,
          },
    groups,
    epsilon: raw.norm_eps,
    contextWidth: [...contexts][0] ?? 0,
    linearProjection: raw.use_linear_projection,
    timeChannels: raw.block_out_channels[0] ?? 0,
    condChannels: raw.time_cond_proj_dim ?? undefined,
    addsInput: addedChannels(raw),
    scalesInput: raw.deltacut_scales_input,
    motion: undefined,
  };
}

function predictedChannels(raw: Raw): number {
  return raw.out_channels / (raw.deltacut_scales_input ? 2 : 1);
}

function addedChannels(raw: Raw): readonly [number, number] | undefined {
  const range = raw.deltacut_adds_input ?? undefined;
  const predicted = predictedChannels(raw);
  if (range === undefined) {
    if (raw.deltacut_scales_input) {
      throw new AppError(
        'model/bad-checkpoint',
        'U-Net config, deltacut_scales_input: there is no deltacut_adds_input to scale.',
      );
    }
    return undefined;
  }
  const [from, to] = range;
  if (to > raw.in_channels || to - from !== predicted) {
    throw new AppError(
      'model/bad-checkpoint',
      `U-Net config, deltacut_adds_input: [${String(from)}, ${String(to)}] is not a range of ${String(predicted)} of its ${String(raw.in_channels)} input channels.`,
    );
  }
  return range;
}

function checkLevel(channels: number, groups: number, heads: number): void {
  if (channels % groups !== 0) {
    refuse(`U-Net: ${String(channels)} channels do not split into ${String(groups)} norm groups.`);
  }
  if (channels % heads !== 0) {
    refuse(`U-Net: ${String(channels)} channels do not split into ${String(heads)} heads.`);
  }
}
