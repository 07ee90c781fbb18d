import { AppError } from '../base/error.ts';
import type { Manifest } from './manifest.ts';
import { parseClipTextConfig, type ClipTextConfig } from './nets/clip-config.ts';
import { parsePromptReaderConfig, type PromptReaderConfig } from './nets/prompt-reader.ts';
import { parseUnetConfig, type UnetConfig } from './nets/unet-config.ts';
import {
  parseJsonObject,
  readJsonFile,
  readSmallFile,
  type CheckpointSource,
} from './reading/byte-source.ts';
import { openFiles, openWeights, Weights } from './reading/weights.ts';
import { parseSchedulerConfig } from './scheduler-config.ts';

type Json = Readonly<Record<string, unknown>>;

/** A checkpoint in diffusers layout with its configs parsed and its headers checked; no weight is read yet. */
export type Checkpoint = {
  readonly index: Json;
  readonly unet: { readonly config: UnetConfig; readonly json: Json; readonly weights: Weights };
  readonly vae: { readonly json: Json; readonly weights: Weights };
  readonly text: { readonly config: ClipTextConfig; readonly weights: Weights };
  /** Tells which edits a text asks for; most checkpoints have none. */
  readonly promptReader?: { readonly config: PromptReaderConfig; readonly weights: Weights };
  readonly tokenizer: {
    readonly vocab: Uint8Array<ArrayBuffer>;
    readonly merges: Uint8Array<ArrayBuffer>;
    readonly licence: Uint8Array<ArrayBuffer> | undefined;
    readonly padToken: number;
  };
  readonly sampling: ReturnType<typeof parseSchedulerConfig>;
};

async function json(source: CheckpointSource, path: string): Promise<Json> {
  const file = await source.open(path);
  if (file === undefined) {
    throw new AppError('model/bad-checkpoint', `${path} is missing.`);
  }
  return readJsonFile(file);
}

async function optionalJson(source: CheckpointSource, path: string): Promise<Json> {
  const file = await source.open(path);
  return file === undefined ? {} : readJsonFile(file);
}

async function bytes(source: CheckpointSource, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await source.open(path);
  if (file === undefined) {
    throw new AppError('model/bad-checkpoint', `${path} is missing.`);
  }
  return readSmallFile(file);
}

/**
 * Opens a folder in diffusers layout: `model_index.json` and the folders unet, vae, text_encoder, tokenizer, scheduler.
 * Everything that can be refused without reading weights is refused here.
 */
export async function openCheckpoint(source: CheckpointSource): Promise<Checkpoint> {
  const index = await optionalJson(source, 'model_index.json');
  const textJson = await json(source, 'text_encoder/config.json');
  const vaeJson = await json(source, 'vae/config.json');
  const textConfig = parseClipTextConfig(textJson);
  const promptReader = await openPromptReader(source, index);
  return {
    index,
    unet: await openUnet(source),
    vae: { json: vaeJson, weights: await openWeights(source, 'vae', 'VAE') },
    text: {
      config: textConfig,
      weights: await openWeights(source, 'text_encoder', 'text encoder'),
    },
    ...(promptReader === undefined ? {} : { promptReader }),
    tokenizer: await openTokenizer(source),
    sampling: parseSchedulerConfig(await optionalJson(source, 'scheduler/scheduler_config.json')),
  };
}

/** The optional part `prompt_reader`: there where model_index.json names it or its folder has a config. */
async function openPromptReader(
  source: CheckpointSource,
  index: Json,
): Promise<Checkpoint['promptReader']> {
  const path = 'prompt_reader/config.json';
  const file = await source.open(path);
  // diffusers writes [null, null] for a part that was left out.
  const named: unknown = [index['prompt_reader']].flat()[0];
  if (file === undefined && (named === undefined || named === null)) {
    return undefined;
  }
  const config = parsePromptReaderConfig(await json(source, path));
  return { config, weights: await openWeights(source, 'prompt_reader', 'prompt reader') };
}

/** The U-Net, with the motion modules of `motion_adapter` beside it, as an AnimateDiff pipeline is stored. */
async function openUnet(source: CheckpointSource): Promise<Checkpoint['unet']> {
  const config = await json(source, 'unet/config.json');
  const files = await openFiles(source, 'unet');
  const adapter = await source.open('motion_adapter/config.json');
  // A UNetMotionModel holds its modules itself; the folder beside it is a second copy.
  if (adapter === undefined || config['_class_name'] === 'UNetMotionModel') {
    return { config: parseUnetConfig(config), json: config, weights: new Weights('U-Net', files) };
  }
  const motion = await readJsonFile(adapter);
  const modules = await openFiles(source, 'motion_adapter');
  return {
    config: parseUnetConfig(config, motion),
    json: { ...config, motion_adapter: motion },
    weights: new Weights('U-Net', [...files, ...modules]),
  };
}

async function openTokenizer(source: CheckpointSource): Promise<Checkpoint['tokenizer']> {
  const config = await optionalJson(source, 'tokenizer/tokenizer_config.json');
  const special = await optionalJson(source, 'tokenizer/special_tokens_map.json');
  const vocab = await bytes(source, 'tokenizer/vocab.json');
  const licence = await source.open('tokenizer/LICENSE.txt');
  return {
    vocab,
    merges: await bytes(source, 'tokenizer/merges.txt'),
    licence: licence === undefined ? undefined : await readSmallFile(licence),
    padToken: padToken(vocab, special['pad_token'] ?? config['pad_token']),
  };
}

/** The id that fills a prompt up: the end token in SD 1, the entry of "!" (0) in SD 2. */
function padToken(vocab: Uint8Array, stored: unknown): number {
  const content =
    typeof stored === 'object' && stored !== null && 'content' in stored ? stored.content : stored;
  const name = typeof content === 'string' ? content : '<|endoftext|>';
  const id = parseJsonObject(vocab, 'tokenizer/vocab.json')[name];
  if (typeof id !== 'number' || !Number.isInteger(id)) {
    throw new AppError(
      'model/bad-checkpoint',
      `tokenizer/vocab.json has no entry for the padding ${JSON.stringify(name)}.`,
    );
  }
  return id;
}

/** What the U-Net sees beside the noisy latents: named in model_index.json, else told by its input channels. */
export function conditioningOf(
  index: Json,
  unet: UnetConfig,
  latentChannels: number,
): Manifest['conditioning'] {
  const channels: Readonly<Record<Manifest['conditioning'], number>> = {
    none: latentChannels,
    ip2p: latentChannels * 2,
    inpaint: latentChannels * 2 + 1,
    edit: latentChannels * 2 + 1,
  };
  const named = index['conditioning'];
  if (named !== undefined) {
    if (typeof named !== 'string' || !Object.hasOwn(channels, named)) {
      throw new AppError(
        'model/unsupported',
        `Its conditioning is ${JSON.stringify(named)}; known are ${Object.keys(channels).join(', ')}.`,
      );
    }
    const kind = named as Manifest['conditioning'];
    if (channels[kind] !== unet.inChannels) {
      throw new AppError(
        'model/bad-checkpoint',
        `Conditioning ${kind} needs ${String(channels[kind])} input channels; the U-Net has ${String(unet.inChannels)}.`,
      );
    }
    return kind;
  }
  for (const kind of ['none', 'ip2p', 'inpaint'] as const) {
    if (channels[kind] === unet.inChannels) {
      return kind;
    }
  }
  throw new AppError(
    'model/unsupported',
    `Its U-Net reads ${String(unet.inChannels)} channels; with ${String(latentChannels)} latent channels it must be ${String(channels.none)} (none), ${String(channels.ip2p)} (ip2p) or ${String(channels.inpaint)} (inpaint).`,
  );
}
