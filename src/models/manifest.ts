import * as v from 'valibot';
import { AppError } from '../base/error.ts';

/**
 * The model package: what the compiler writes, what `public/models/starter` ships and what the browser's storage holds.
 * One flat namespace of tensor names; a segment says what it reads and makes. See docs/architecture.md.
 */
const name = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const graphFile = v.object({ file: name, inputs: v.array(name), outputs: v.array(name) });

const siteSchema = v.object({
  /** diffusers' module path, such as `down_blocks.1.attentions.0.transformer_blocks.0.attn1`. */
  path: name,
  kind: v.picklist(['self', 'cross', 'temporal']),
  /** 0 is the latents' own resolution; each level halves it. */
  level: v.pipe(v.number(), v.integer(), v.minValue(0)),
  heads: count,
  headDim: count,
  q: name,
  /** Absent at cross sites: their keys and values come from the `contexts` graphs. */
  k: v.optional(name),
  v: v.optional(name),
  out: name,
});

const segmentSchema = v.object({ ...graphFile.entries, site: v.optional(siteSchema) });

/** An edit that a prompt may ask for, and whether the model was trained to make it. */
export const promptLabelSchema = v.object({
  id: name,
  /** What is asked for, to stand inside a sentence: “removing an object”. */
  title: name,
  known: v.boolean(),
  /** The kind of model that could make it, where this one can't. */
  needs: v.optional(v.picklist(['instruction', 'inpainting', 'motion'])),
});

export const manifestSchema = v.object({
  format: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]*$/)),
  title: name,
  licence: name,
  source: v.object({ url: v.string(), revision: v.string() }),
  quantisation: v.picklist(['f32', 'f16', 'q8', 'q4']),
  /** Picture sides are multiples of it: VAE factor x U-Net factor. */
  stride: count,
  defaultSize: count,
  latent: v.object({
    channels: count,
    factor: count,
    scale: v.number(),
    shift: v.number(),
    imageRange: v.tuple([v.number(), v.number()]),
  }),
  conditioning: v.picklist(['none', 'ip2p', 'inpaint', 'edit']),
  prediction: v.picklist(['epsilon', 'v', 'sample']),
  contextWidth: count,
  timeEmbedding: v.object({
    /** Width of the sinusoidal embedding, computed by the engine and fed as `timeEmbedding` [batch, channels]. */
    channels: count,
    flipSinToCos: v.boolean(),
    freqShift: v.number(),
    /** Width of the extra guidance embedding (latent consistency models). */
    condChannels: v.optional(count),
  }),
  scheduler: v.object({
    kind: v.picklist(['ddim', 'euler', 'euler-ancestral', 'lcm', 'dpm++2m', 'tcd']),
    steps: count,
    trainSteps: count,
    betaStart: v.number(),
    betaEnd: v.number(),
    betaSchedule: v.picklist(['linear', 'scaled_linear', 'squaredcos_cap_v2']),
    spacing: v.picklist(['leading', 'linspace', 'trailing']),
    stepsOffset: v.number(),
    zeroTerminalSnr: v.boolean(),
    setAlphaToOne: v.boolean(),
    clipSample: v.boolean(),
  }),
  guidance: v.object({ text: v.number(), image: v.optional(v.number()) }),
  /** One evaluation per branch and step, batched branch first. */
  branches: v.pipe(
    v.array(v.object({ text: v.picklist(['prompt', 'negative', 'empty']), image: v.boolean() })),
    v.minLength(1),
  ),
  text: v.object({
    ...graphFile.entries,
    tokenizer: v.literal('clip-bpe'),
    /** Folder of vocab.json and merges.txt inside the package. */
    tokenizerFiles: v.object({ vocab: name, merges: name }),
    maxTokens: count,
    padToken: v.pipe(v.number(), v.integer()),
  }),
  /**
   * Which edits a prompt asks for: `row` [batch, contextWidth] of the first end token to `readings` [batch, labels], 0 to 1.
   */
  promptReader: v.optional(
    v.object({
      ...graphFile.entries,
      labels: v.pipe(v.array(promptLabelSchema), v.minLength(1)),
      /** Id of the label of prompts that want the picture left as it is. */
      nothing: name,
      /** A label whose reading reaches this is asked for. */
      leastConfidence: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
    }),
  ),
  vae: v.object({ encoder: graphFile, decoder: graphFile }),
  contexts: v.array(
    v.object({
      role: v.picklist(['text', 'image']),
      ...graphFile.entries,
      sites: v.record(name, v.object({ k: name, v: name })),
    }),
  ),
  segments: v.pipe(v.array(segmentSchema), v.minLength(1)),
  files: v.array(v.object({ path: name, bytes: count, sha256: v.pipe(v.string(), v.length(64)) })),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;
export type Segment = Manifest['segments'][number];
export type AttentionSite = NonNullable<Segment['site']>;

/** A parsed and checked manifest, or `model/bad-manifest` with the first place that is wrong. */
export function parseManifest(json: unknown): Manifest {
  if (typeof json === 'object' && json !== null && 'format' in json && json.format !== 1) {
    throw new AppError(
      'model/bad-manifest',
      `Its format is ${String(json.format)}; this version reads format 1.`,
    );
  }
  const result = v.safeParse(manifestSchema, json);
  if (!result.success) {
    const issue = result.issues[0];
    throw new AppError(
      'model/bad-manifest',
      `${v.getDotPath(issue) ?? 'manifest'}: ${issue.message}`,
    );
  }
  return result.output;
}
