import { checkAborted } from '../base/abort.ts';
import { AppError } from '../base/error.ts';
import { sha256 } from '../base/hash.ts';
import { openCheckpoint, conditioningOf, type Checkpoint } from './checkpoint.ts';
import { fuseLora, type Lora, type LoraResult } from './lora.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import { planClipText } from './nets/clip-text.ts';
import { planPromptReader } from './nets/prompt-reader.ts';
import { planVae } from './nets/vae.ts';
import type { VaePlan } from './nets/vae-plan.ts';
import type { GraphPlan } from './onnx/graph-series.ts';
import type { FileRecord, PackageSink } from './package-sink.ts';
import { inOut, packUnet, type PackageFile, type UnetPackage } from './pack-unet.ts';
import { WeightCoder, type CodedTensor, type Quantisation } from './quantise/weight-coder.ts';
import type { ByteSource, CheckpointSource } from './reading/byte-source.ts';
import { Safetensors } from './reading/safetensors.ts';
import { PICKLE } from './reading/weights.ts';

export type CompileOptions = {
  /** Name of the package: lower case, digits, dots, dashes. */
  readonly id: string;
  readonly quantisation: Quantisation;
  /** Fused into the weights, in this order. */
  readonly loras?: readonly LoraSource[];
  readonly signal?: AbortSignal;
  /** Called after every file. */
  readonly onProgress?: (progress: CompileProgress) => void;
};

export type LoraSource = { readonly file: ByteSource; readonly weight: number };

export type CompileProgress = {
  /** Files: most are one segment of the U-Net each. */
  readonly done: number;
  readonly total: number;
  readonly path: string;
  /** Of the files that are done. */
  readonly bytes: number;
  /** Files taken over from an interrupted compile. */
  readonly reused: number;
};

export type CompileResult = {
  readonly manifest: Manifest;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Files taken over from an interrupted compile. */
  readonly reused: number;
  /** How each tensor was stored; not the ones taken over from an interrupted compile. */
  readonly tensors: readonly CodedTensor[];
  /** Tensors that no graph reads, per network. */
  readonly unused: readonly string[];
  readonly loras: readonly LoraResult[];
};

/** Bump when graphs change: files of an interrupted compile by another version are not reused. */
const COMPILER_VERSION = 2;

/**
 * Turns a checkpoint in diffusers layout into a model package. Tensors are read, coded and written one by one, so
 * memory holds about one tensor beside what the sink keeps. Refusals come before the first file is written.
 */
export async function compileCheckpoint(
  source: CheckpointSource,
  sink: PackageSink,
  options: CompileOptions,
): Promise<CompileResult> {
  const checkpoint = await openCheckpoint(source);
  const loras = await openLoras(options.loras ?? []);
  const fused = loras.map((lora) =>
    fuseLora(lora, { unet: checkpoint.unet.weights, text_encoder: checkpoint.text.weights }),
  );
  const tensors: CodedTensor[] = [];
  const coder = new WeightCoder(options.quantisation, (tensor) => tensors.push(tensor));
  const plan = planPackage(checkpoint, coder);
  const files = packageFiles(plan, checkpoint);
  const kept = new Map(
    (await sink.begin(await recipeKey(checkpoint, loras, options))).map((file) => [
      file.path,
      file,
    ]),
  );
  const records: FileRecord[] = [];
  let bytes = 0;
  let reused = 0;
  for (const { path, write } of files) {
    checkAborted(options.signal);
    const known = kept.get(path);
    const record = known ?? (await sink.write(path, abortable(write(), options.signal)));
    records.push(record);
    bytes += record.bytes;
    reused += known === undefined ? 0 : 1;
    options.onProgress?.({ done: records.length, total: files.length, path, bytes, reused });
  }
  const manifest = parseManifest(describe(checkpoint, plan, records, options));
  await sink.commit(new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`));
  const networks = [
    checkpoint.unet.weights,
    checkpoint.vae.weights,
    checkpoint.text.weights,
    ...(checkpoint.promptReader === undefined ? [] : [checkpoint.promptReader.weights]),
  ];
  return {
    manifest,
    bytesIn: networks.reduce((sum, weights) => sum + weights.bytes, 0),
    bytesOut: bytes,
    reused,
    tensors,
    loras: fused,
    unused: networks.flatMap((weights) =>
      weights.unused.map((name) => `${weights.label}: ${name}`),
    ),
  };
}

type PackagePlan = {
  readonly text: GraphPlan;
  readonly promptReader?: GraphPlan;
  readonly vae: VaePlan;
  readonly unet: UnetPackage;
};

function planPackage(checkpoint: Checkpoint, coder: WeightCoder): PackagePlan {
  const { unet, vae, text, promptReader } = checkpoint;
  if (text.config.width !== unet.config.contextWidth) {
    throw new AppError(
      'model/bad-checkpoint',
      `The text encoder is ${String(text.config.width)} wide, the U-Net reads ${String(unet.config.contextWidth)}.`,
    );
  }
  if (promptReader !== undefined && promptReader.config.width !== text.config.width) {
    throw new AppError(
      'model/bad-checkpoint',
      `The prompt reader reads rows of ${String(promptReader.config.width)}, the text encoder is ${String(text.config.width)} wide.`,
    );
  }
  const vaePlan = planVae(vae.json, vae.weights, coder);
  if (vaePlan.latentChannels !== unet.config.outChannels) {
    throw new AppError(
      'model/bad-checkpoint',
      `The VAE has ${String(vaePlan.latentChannels)} latent channels, the U-Net makes ${String(unet.config.outChannels)}.`,
    );
  }
  return {
    text: planClipText(text.config, text.weights, coder),
    ...(promptReader === undefined
      ? {}
      : { promptReader: planPromptReader(promptReader.config, promptReader.weights, coder) }),
    vae: vaePlan,
    unet: packUnet(unet.config, unet.weights, coder),
  };
}

const FILES = {
  text: 'text.onnx',
  promptReader: 'prompt-reader.onnx',
  encoder: 'vae-encoder.onnx',
  decoder: 'vae-decoder.onnx',
  vocab: 'tokenizer/vocab.json',
  merges: 'tokenizer/merges.txt',
  licence: 'tokenizer/LICENSE.txt',
} as const;

function packageFiles(plan: PackagePlan, checkpoint: Checkpoint): readonly PackageFile[] {
  const graph = (path: string, which: GraphPlan): PackageFile => ({
    path,
    write: () => which.write(path),
  });
  const copy = (path: string, data: Uint8Array): PackageFile => ({
    path,
    write: () => onePiece(data),
  });
  const { vocab, merges, licence } = checkpoint.tokenizer;
  return [
    copy(FILES.vocab, vocab),
    copy(FILES.merges, merges),
    ...(licence === undefined ? [] : [copy(FILES.licence, licence)]),
    graph(FILES.text, plan.text),
    ...(plan.promptReader === undefined ? [] : [graph(FILES.promptReader, plan.promptReader)]),
    graph(FILES.encoder, plan.vae.encoder),
    graph(FILES.decoder, plan.vae.decoder),
    ...plan.unet.files,
  ];
}

async function* onePiece(data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(data);
}

async function* abortable(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    checkAborted(signal);
    yield piece;
  }
}

async function openLoras(sources: readonly LoraSource[]): Promise<readonly Lora[]> {
  const loras: Lora[] = [];
  for (const { file, weight } of sources) {
    if (PICKLE.test(file.name)) {
      throw new AppError('model/pickle-refused', file.name);
    }
    loras.push({ file: await Safetensors.open(file), weight });
  }
  return loras;
}

function recipeKey(
  checkpoint: Checkpoint,
  loras: readonly Lora[],
  options: CompileOptions,
): Promise<string> {
  const text = JSON.stringify([
    COMPILER_VERSION,
    options.quantisation,
    checkpoint.unet.json,
    checkpoint.vae.json,
    checkpoint.text.config,
    checkpoint.unet.weights.identity,
    checkpoint.vae.weights.identity,
    checkpoint.text.weights.identity,
    loras.map((lora) => [lora.file.identity, lora.weight]),
    checkpoint.promptReader === undefined
      ? null
      : [checkpoint.promptReader.config, checkpoint.promptReader.weights.identity],
  ]);
  return sha256(text);
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function describe(
  checkpoint: Checkpoint,
  plan: PackagePlan,
  files: readonly FileRecord[],
  options: CompileOptions,
): Manifest {
  const { index, unet, text: encoder, sampling, tokenizer } = checkpoint;
  const { vae } = plan;
  const conditioning = conditioningOf(index, unet.config, vae.latentChannels);
  const stride = vae.factor * 2 ** (unet.config.down.length - 1);
  const size = index['default_size'] ?? Number(unet.json['sample_size'] ?? 64) * vae.factor;
  return {
    format: 1,
    id: options.id,
    title: text(index['title'], options.id),
    licence: text(index['licence'] ?? index['license'], 'unknown'),
    source: { url: text(index['source_url'], ''), revision: text(index['source_revision'], '') },
    quantisation: options.quantisation,
    stride,
    defaultSize: typeof size === 'number' && Number.isInteger(size) && size > 0 ? size : 512,
    latent: {
      channels: vae.latentChannels,
      factor: vae.factor,
      scale: vae.scale,
      shift: vae.shift,
      imageRange: [...vae.imageRange],
    },
    conditioning,
    prediction: sampling.prediction,
    contextWidth: unet.config.contextWidth,
    timeEmbedding: {
      channels: unet.config.timeChannels,
      flipSinToCos: unet.config.flipSinToCos,
      freqShift: unet.config.freqShift,
      ...(unet.config.condChannels === undefined ? {} : { condChannels: unet.config.condChannels }),
    },
    scheduler: sampling.scheduler,
    ...guidanceOf(
      conditioning,
      unet.config.condChannels !== undefined || sampling.scheduler.steps <= 4,
    ),
    text: {
      ...inOut(FILES.text, plan.text),
      tokenizer: 'clip-bpe',
      tokenizerFiles: { vocab: FILES.vocab, merges: FILES.merges },
      maxTokens: encoder.config.maxTokens,
      padToken: tokenizer.padToken,
    },
    ...promptReaderPart(checkpoint, plan),
    vae: { encoder: inOut(FILES.encoder, vae.encoder), decoder: inOut(FILES.decoder, vae.decoder) },
    ...plan.unet.parts,
    files: files.map((file) => ({ ...file })),
  };
}

function promptReaderPart(
  { promptReader }: Checkpoint,
  plan: PackagePlan,
): Pick<Manifest, 'promptReader'> {
  if (promptReader === undefined || plan.promptReader === undefined) {
    return {};
  }
  const { labels, nothing, leastConfidence } = promptReader.config;
  return {
    promptReader: {
      ...inOut(FILES.promptReader, plan.promptReader),
      labels: labels.map((label) => ({ ...label })),
      nothing,
      leastConfidence,
    },
  };
}

/** Branches and scales that the pipelines of each kind use by default; distilled few-step models need no guidance. */
function guidanceOf(
  conditioning: Manifest['conditioning'],
  distilled: boolean,
): Pick<Manifest, 'branches' | 'guidance'> {
  const prompt = { text: 'prompt', image: true } as const;
  if (conditioning === 'edit' || (distilled && conditioning !== 'ip2p')) {
    return { branches: [prompt], guidance: { text: 1 } };
  }
  if (conditioning === 'ip2p') {
    return {
      branches: [prompt, { text: 'negative', image: true }, { text: 'negative', image: false }],
      guidance: { text: 7.5, image: 1.5 },
    };
  }
  return { branches: [prompt, { text: 'negative', image: true }], guidance: { text: 7.5 } };
}
