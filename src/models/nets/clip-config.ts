import * as v from 'valibot';
import { AppError } from '../../base/error.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1 << 24));

/** Keys that the text and the vision tower of transformers' CLIP share. */
const towerEntries = {
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  hidden_act: v.optional(v.string(), 'quick_gelu'),
  layer_norm_eps: v.optional(v.pipe(v.number(), v.minValue(1e-12), v.maxValue(1)), 1e-5),
};

const textSchema = v.object({
  ...towerEntries,
  vocab_size: v.optional(count, 49408),
  max_position_embeddings: v.optional(count, 77),
  eos_token_id: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 49407),
  projection_dim: v.optional(count, 512),
});

const visionSchema = v.object({
  ...towerEntries,
  image_size: v.optional(count, 224),
  patch_size: v.optional(count, 32),
  num_channels: v.optional(v.literal(3), 3),
  projection_dim: v.optional(count, 512),
});

export type ClipTower = {
  readonly width: number;
  readonly inner: number;
  readonly layers: number;
  readonly heads: number;
  readonly activation: 'quick_gelu' | 'gelu';
  readonly epsilon: number;
};

export type ClipTextConfig = ClipTower & {
  readonly vocabulary: number;
  readonly maxTokens: number;
  readonly endToken: number;
  readonly projection: number;
};

export type ClipVisionConfig = ClipTower & {
  readonly imageSize: number;
  readonly patch: number;
  readonly projection: number;
};

function parse<const S extends typeof textSchema | typeof visionSchema>(
  schema: S,
  json: unknown,
  what: string,
): v.InferOutput<S> {
  const result = v.safeParse(schema, json);
  if (!result.success) {
    const issue = result.issues[0];
    throw new AppError(
      'model/bad-checkpoint',
      `${what} config, ${v.getDotPath(issue) ?? 'top'}: ${issue.message}`,
    );
  }
  return result.output;
}

function tower(
  raw: v.InferOutput<typeof textSchema> | v.InferOutput<typeof visionSchema>,
  what: string,
): ClipTower {
  if (raw.hidden_act !== 'quick_gelu' && raw.hidden_act !== 'gelu') {
    throw new AppError(
      'model/unsupported',
      `${what} hidden_act is ${raw.hidden_act}; supported are quick_gelu, gelu.`,
    );
  }
  if (raw.hidden_size % raw.num_attention_heads !== 0) {
    throw new AppError(
      'model/unsupported',
      `${what}: ${String(raw.hidden_size)} channels do not split into ${String(raw.num_attention_heads)} heads.`,
    );
  }
  return {
    width: raw.hidden_size,
    inner: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    activation: raw.hidden_act,
    epsilon: raw.layer_norm_eps,
  };
}

/** A folder may hold the whole CLIP config: then the part of this tower is inside. */
function part(json: Readonly<Record<string, unknown>>, key: string): unknown {
  const inner = json[key];
  return typeof inner === 'object' && inner !== null && !('hidden_size' in json) ? inner : json;
}

export function parseClipTextConfig(json: Readonly<Record<string, unknown>>): ClipTextConfig {
  const raw = parse(textSchema, part(json, 'text_config'), 'Text encoder');
  return {
    ...tower(raw, 'Text encoder'),
    vocabulary: raw.vocab_size,
    maxTokens: raw.max_position_embeddings,
    endToken: raw.eos_token_id,
    projection: raw.projection_dim,
  };
}

export function parseClipVisionConfig(json: Readonly<Record<string, unknown>>): ClipVisionConfig {
  const raw = parse(visionSchema, part(json, 'vision_config'), 'Image encoder');
  if (raw.image_size % raw.patch_size !== 0) {
    throw new AppError(
      'model/unsupported',
      `The image encoder’s size, ${String(raw.image_size)}, is no multiple of its patches of ${String(raw.patch_size)}.`,
    );
  }
  return {
    ...tower(raw, 'Image encoder'),
    imageSize: raw.image_size,
    patch: raw.patch_size,
    projection: raw.projection_dim,
  };
}
