import { assert, must } from '../base/assert.ts';
import { DisposalScope, type Disposable } from '../base/disposal.ts';
import type { Size } from '../base/units.ts';
import { guidanceEmbedding, timeEmbedding } from '../diffusion/time-embedding.ts';
import type { Manifest } from '../models/manifest.ts';
import { yieldToEvents } from './events.ts';
import { checkFits, type ModelPackage } from './package.ts';
import { PromptEncoder, type EncodedPrompt, type Prompt } from './prompt-encoder.ts';
import type { Graph, Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import type { StageClock } from './stage-clock.ts';
import { UNet, type KeysValues, type SelfAttention, type TokenReader } from './unet.ts';

export type ModelOptions = {
  readonly runtime: TensorRuntime;
  readonly package: ModelPackage;
  /** Of the pictures the model sees, in pixels: multiples of the package's stride. */
  readonly size: Size;
  readonly clock: StageClock;
};

export type PredictCall = {
  /** [frames, inChannels, h, w] per branch, branch first: what the conditioning made. */
  readonly input: Tensor;
  readonly timestep: number;
  /** Scale that models with a guidance embedding read; the package's own if absent. */
  readonly guidance?: number;
  /** Of another text than the prompt; its first axis divides the input's. */
  readonly context?: ReadonlyMap<string, KeysValues>;
  readonly selfAttention: SelfAttention;
  readonly tokenReader?: TokenReader;
  /** As `UNetCall` has them. */
  readonly queryMasks?: ReadonlyMap<number, Tensor>;
  readonly signal: AbortSignal;
};

/** A package loaded into a runtime for one size. */
export class DiffusionModel implements Disposable {
  readonly manifest: Manifest;
  readonly packageHash: string;
  readonly size: Size;
  readonly #runtime: TensorRuntime;
  readonly #clock: StageClock;
  readonly #scope: DisposalScope;
  readonly #encoder: Graph;
  readonly #decoder: Graph;
  readonly #prompts: PromptEncoder;
  readonly #unet: UNet;
  #context: ReadonlyMap<string, KeysValues> | null = null;

  private constructor(
    options: ModelOptions,
    scope: DisposalScope,
    parts: { encoder: Graph; decoder: Graph; prompts: PromptEncoder; unet: UNet },
  ) {
    this.manifest = options.package.manifest;
    this.packageHash = options.package.hash;
    this.size = options.size;
    this.#runtime = options.runtime;
    this.#clock = options.clock;
    this.#scope = scope;
    this.#encoder = parts.encoder;
    this.#decoder = parts.decoder;
    this.#prompts = parts.prompts;
    this.#unet = parts.unet;
  }

  /** Reads, checks and loads every graph. `onBytes(done, total)` counts the package's bytes. */
  static async load(
    options: ModelOptions,
    signal: AbortSignal,
    onBytes: (done: number, total: number) => void,
  ): Promise<DiffusionModel> {
    const { runtime, clock, size } = options;
    const { manifest } = options.package;
    checkFits(manifest, runtime.kind);
    const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    let done = 0;
    const read = (path: string) =>
      options.package.readFile(path, signal, (bytes) => onBytes((done += bytes), total));
    const pins = planPins(manifest, size);
    const scope = new DisposalScope();
    const load = async (path: string) => {
      const graph = scope.own(await runtime.load(await read(path), pins));
      await yieldToEvents();
      return graph;
    };
    try {
      const prompts = await PromptEncoder.load({ manifest, runtime, read, load });
      scope.own(prompts);
      const encoder = await load(manifest.vae.encoder.file);
      const graphs: Graph[] = [];
      for (const segment of manifest.segments) {
        graphs.push(await load(segment.file));
      }
      const decoder = await load(manifest.vae.decoder.file);
      const unet = new UNet(runtime, manifest.segments, graphs, clock);
      return new DiffusionModel(options, scope, { encoder, decoder, prompts, unet });
    } catch (error) {
      scope.dispose();
      throw error;
    }
  }

  get branches(): number {
    return this.manifest.branches.length;
  }

  /** [channels, height, width] of the latents. */
  get latentShape(): readonly [number, number, number] {
    const { channels, factor } = this.manifest.latent;
    return [channels, this.size.height / factor, this.size.width / factor];
  }

  /** Makes the prompt's keys and values for all cross-attention sites. */
  async setPrompt(prompt: Prompt): Promise<EncodedPrompt> {
    const encoded = await this.#clock.time('load', () => this.#prompts.encode(prompt));
    this.#context = encoded.context;
    return encoded;
  }

  /** Keys and values of the empty text alone, [1, tokens, channels]; they stay the model's. */
  async emptyContext(): Promise<ReadonlyMap<string, KeysValues>> {
    return await this.#prompts.encodeEmpty();
  }

  /**
   * Keys and values that the caller put together from those of several prompts, and goes on owning: with [frames, tokens,
   * channels] each picture of a batch has a prompt of its own. Stays until the next prompt.
   */
  setContext(context: ReadonlyMap<string, KeysValues>): void {
    this.#context = context;
  }

  /** Pictures [frames, 3, height, width] in the package's image range to latents as the U-Net sees them. */
  async encode(images: Tensor): Promise<Tensor> {
    const { scale, shift } = this.manifest.latent;
    return await this.#clock.time('vaeEncode', async () => {
      const raw = await this.#code(this.#encoder, this.manifest.vae.encoder, images);
      return await this.#affine(raw, scale, -shift * scale);
    });
  }

  /** The other way round. */
  async decode(latents: Tensor): Promise<Tensor> {
    const { scale, shift } = this.manifest.latent;
    return await this.#clock.time('vaeDecode', async () => {
      const copy = this.#runtime.reshape(latents, latents.shape);
      const raw = await this.#affine(copy, 1 / scale, shift);
      try {
        return await this.#code(this.#decoder, this.manifest.vae.decoder, raw);
      } finally {
        raw.dispose();
      }
    });
  }

  /** The raw prediction of every branch, [branches * frames, channels, h, w]. */
  async predict(call: PredictCall): Promise<Tensor> {
    const { timeEmbedding: time } = this.manifest;
    const guidance = call.guidance ?? this.manifest.guidance.text;
    const scope = new DisposalScope();
    try {
      const batch = call.input.shape[0] ?? 0;
      const rows = (row: Float32Array) => {
        const all = new Float32Array(row.length * batch);
        for (let i = 0; i < batch; i++) {
          all.set(row, i * row.length);
        }
        return scope.own(this.#runtime.upload(all, [batch, row.length], 'f32'));
      };
      return await this.#unet.predict({
        inputs: {
          sample: call.input,
          timeEmbedding: rows(timeEmbedding([call.timestep], time)),
          ...(time.condChannels === undefined
            ? {}
            : { timeCond: rows(guidanceEmbedding(guidance - 1, time.condChannels)) }),
        },
        selfAttention: call.selfAttention,
        tokenReader: call.tokenReader,
        queryMasks: call.queryMasks,
        context: call.context ?? must(this.#context, 'a prompt'),
        signal: call.signal,
      });
    } finally {
      scope.dispose();
    }
  }

  dispose(): void {
    this.#scope.dispose();
  }

  /** The autoencoder is one long graph: while somebody is at work it goes picture by picture, to the same result. */
  async #code(graph: Graph, io: Manifest['vae']['encoder'], input: Tensor): Promise<Tensor> {
    const count = input.shape[0] ?? 0;
    if (count < 2 || !this.#runtime.wantsShortRuns) {
      return await this.#runGraph(graph, io, input);
    }
    const scope = new DisposalScope();
    try {
      const parts: Tensor[] = [];
      for (let i = 0; i < count; i++) {
        const one = scope.own(await this.#runtime.slice(input, 0, i, i + 1));
        parts.push(scope.own(await this.#runGraph(graph, io, one)));
      }
      return await this.#runtime.concat(parts, 0);
    } finally {
      scope.dispose();
    }
  }

  async #runGraph(graph: Graph, io: Manifest['vae']['encoder'], input: Tensor): Promise<Tensor> {
    const [inputName = '', outputName = ''] = [io.inputs[0], io.outputs[0]];
    const outputs = await this.#runtime.run(graph, { [inputName]: input });
    // An encoder may give its distribution's variance beside the mean: nobody reads it here.
    const { [outputName]: wanted, ...others } = outputs;
    Object.values(others).forEach((tensor) => tensor.dispose());
    return must(wanted, `result ${outputName} of ${io.file}`);
  }

  /** scale * tensor + offset; takes the tensor over. */
  async #affine(tensor: Tensor, scale: number, offset: number): Promise<Tensor> {
    if (scale === 1 && offset === 0) {
      return tensor;
    }
    const scope = new DisposalScope();
    scope.own(tensor);
    try {
      const terms = [{ tensor, scale }];
      if (offset !== 0) {
        const count = tensor.shape.reduce((product, side) => product * side, 1);
        const ones = this.#runtime.upload(new Float32Array(count).fill(1), tensor.shape, 'f32');
        terms.push({ tensor: scope.own(ones), scale: offset });
      }
      return await this.#runtime.combine(terms);
    } finally {
      scope.dispose();
    }
  }
}

/** Sizes of all levels for the graphs' free dimensions; the number of frames stays free. */
export function planPins(manifest: Manifest, size: Size): Record<string, number> {
  const { stride, latent, text, segments } = manifest;
  assert(
    size.width % stride === 0 && size.height % stride === 0,
    `${size.width} x ${size.height} is no multiple of ${stride}`,
  );
  const pins: Record<string, number> = {
    imageHeight: size.height,
    imageWidth: size.width,
    textTokens: text.maxTokens,
  };
  const deepest = Math.max(
    ...segments.map((segment) => segment.site?.level ?? 0),
    Math.log2(stride / latent.factor),
  );
  let height = size.height / latent.factor;
  let width = size.width / latent.factor;
  for (let level = 0; level <= deepest; level++) {
    pins[`height_${level}`] = height;
    pins[`width_${level}`] = width;
    pins[`tokens_${level}`] = height * width;
    height = Math.ceil(height / 2);
    width = Math.ceil(width / 2);
  }
  return pins;
}
