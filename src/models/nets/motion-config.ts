import * as v from 'valibot';
import { AppError } from '../../base/error.ts';

type Json = Readonly<Record<string, unknown>>;

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1 << 16));
const perLevel = v.union([count, v.pipe(v.array(count), v.minLength(1))]);

/** Statistics of the norm in front of a motion module: over the window's frames, or of each frame by itself. */
const normKey = { deltacut_motion_norm: v.optional(v.picklist(['window', 'frame']), 'window') };

/** The keys of diffusers' MotionAdapter that decide the graph. */
const adapterSchema = v.object({
  _class_name: v.optional(v.literal('MotionAdapter'), 'MotionAdapter'),
  block_out_channels: v.optional(v.array(count), [320, 640, 1280, 1280]),
  motion_layers_per_block: v.optional(perLevel, 2),
  motion_transformer_layers_per_block: v.optional(perLevel, 1),
  motion_mid_block_layers_per_block: v.optional(v.literal(1), 1),
  motion_transformer_layers_per_mid_block: v.optional(perLevel, 1),
  motion_num_attention_heads: v.optional(perLevel, 8),
  motion_norm_num_groups: v.optional(count, 32),
  motion_max_seq_length: v.optional(count, 32),
  use_motion_mid_block: v.optional(v.boolean(), true),
  conv_in_channels: v.optional(v.null()),
  ...normKey,
});

/** What UNetMotionModel's config has beside UNet2DConditionModel's. */
const modelSchema = v.object({
  motion_num_attention_heads: v.optional(perLevel, 8),
  reverse_motion_num_attention_heads: v.optional(v.null()),
  motion_max_seq_length: v.optional(count, 32),
  use_motion_mid_block: v.optional(v.boolean(), true),
  mid_block_layers: v.optional(v.literal(1), 1),
  transformer_layers_per_mid_block: v.optional(v.null()),
  temporal_transformer_layers_per_block: v.optional(perLevel, 1),
  reverse_temporal_transformer_layers_per_block: v.optional(v.null()),
  temporal_transformer_layers_per_mid_block: v.optional(perLevel, 1),
  ...normKey,
});

/** Motion modules (AnimateDiff, Guo et al. 2023) of a U-Net: one behind every layer of every block. */
export type MotionConfig = {
  /** Per level, outermost first. */
  readonly heads: readonly number[];
  /** Transformer blocks per module, per level. */
  readonly blocks: readonly number[];
  /** Transformer blocks of the middle's module, which has the deepest level's heads; 0: it has none. */
  readonly middle: number;
  /** Longest window that the position tables know. */
  readonly maxFrames: number;
  /** diffusers takes the statistics of the norm at the entry over the window, the original code frame by frame. */
  readonly norm: 'window' | 'frame';
};

/** What a U-Net that motion modules are added to must have. */
type Skeleton = {
  readonly channels: readonly number[];
  readonly layers: readonly number[];
  readonly groups: number;
};

/** The motion modules of a motion adapter's config.json; `model/unsupported` where they do not fit the U-Net. */
export function parseMotionAdapter(json: Json, unet: Skeleton): MotionConfig {
  const raw = read(adapterSchema, json, 'Motion adapter config');
  const levels = unet.channels.length;
  const same = (given: number | readonly number[], wanted: readonly number[]): boolean =>
    each(given, levels, 'motion_layers_per_block').join() === wanted.join();
  if (!same(raw.block_out_channels, unet.channels)) {
    refuse(
      `The motion adapter is for a U-Net of ${raw.block_out_channels.join(', ')} channels; this one has ${unet.channels.join(', ')}.`,
    );
  }
  if (!same(raw.motion_layers_per_block, unet.layers)) {
    refuse('The motion adapter has another number of layers than the U-Net.');
  }
  if (raw.motion_norm_num_groups !== unet.groups) {
    refuse(`The motion adapter has ${String(raw.motion_norm_num_groups)} norm groups.`);
  }
  return assemble(unet.channels, {
    heads: raw.motion_num_attention_heads,
    blocks: raw.motion_transformer_layers_per_block,
    middle: raw.use_motion_mid_block ? raw.motion_transformer_layers_per_mid_block : 0,
    maxFrames: raw.motion_max_seq_length,
    norm: raw.deltacut_motion_norm,
  });
}

/** The motion modules of a UNetMotionModel's config.json. */
export function parseMotionModel(json: Json, channels: readonly number[]): MotionConfig {
  const raw = read(modelSchema, json, 'U-Net config');
  return assemble(channels, {
    heads: raw.motion_num_attention_heads,
    blocks: raw.temporal_transformer_layers_per_block,
    middle: raw.use_motion_mid_block ? raw.temporal_transformer_layers_per_mid_block : 0,
    maxFrames: raw.motion_max_seq_length,
    norm: raw.deltacut_motion_norm,
  });
}

const MOTION_BLOCK = /^((?:CrossAttn)?(?:Down|Up)Block)Motion$/;

/** A UNetMotionModel's config as that of the UNet2DConditionModel around its motion modules. */
export function withoutMotion(json: Json): Json {
  const plain = (types: unknown): unknown =>
    Array.isArray(types)
      ? types.map((type: unknown) =>
          typeof type === 'string' ? type.replace(MOTION_BLOCK, '$12D') : type,
        )
      : types;
  return {
    ...json,
    _class_name: 'UNet2DConditionModel',
    down_block_types: plain(json['down_block_types']),
    up_block_types: plain(json['up_block_types']),
  };
}

type Counts = {
  readonly heads: number | readonly number[];
  readonly blocks: number | readonly number[];
  readonly middle: number | readonly number[];
  readonly maxFrames: number;
  readonly norm: MotionConfig['norm'];
};

function assemble(channels: readonly number[], counts: Counts): MotionConfig {
  const heads = each(counts.heads, channels.length, 'motion_num_attention_heads');
  channels.forEach((width, level) => {
    if (width % (heads[level] ?? 1) !== 0) {
      refuse(
        `Motion modules: ${String(width)} channels do not split into ${String(heads[level])} heads.`,
      );
    }
  });
  return {
    heads,
    blocks: each(counts.blocks, channels.length, 'temporal_transformer_layers_per_block'),
    middle: each(counts.middle, 1, 'temporal_transformer_layers_per_mid_block')[0] ?? 0,
    maxFrames: counts.maxFrames,
    norm: counts.norm,
  };
}

function each(value: number | readonly number[], levels: number, key: string): readonly number[] {
  const list = typeof value === 'number' ? Array.from({ length: levels }, () => value) : value;
  if (list.length !== levels) {
    refuse(`${key} has ${String(list.length)} entries for ${String(levels)} levels.`);
  }
  return list;
}

function read<T extends v.GenericSchema>(schema: T, json: Json, label: string): v.InferOutput<T> {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new AppError(
      'model/bad-checkpoint',
      `${label}, ${v.getDotPath(issue) ?? 'top'}: ${issue.message}`,
    );
  }
  return parsed.output;
}

function refuse(what: string): never {
  throw new AppError('model/unsupported', what);
}
