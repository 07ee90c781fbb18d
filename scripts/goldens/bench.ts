import { openHarness, type Harness } from '../../e2e/support/browser.ts';
import type { UnetCall, Wire } from '../../e2e/browser/golden-runtime.ts';
import { joinPieces } from '../../src/models/package-sink.ts';
import { packUnet, type PackageFile, type UnetPackage } from '../../src/models/pack-unet.ts';
import { parseUnetConfig, type UnetConfig } from '../../src/models/nets/unet-config.ts';
import type { GraphPlan } from '../../src/models/onnx/graph-series.ts';
import { WeightCoder, type Quantisation } from '../../src/models/quantise/weight-coder.ts';
import type { Weights } from '../../src/models/reading/weights.ts';
import type { Plain } from '../../src/models/testing/golden.ts';

const PAGE = 'e2e/browser/golden-runtime.ts';

export type UnetRun = {
  readonly inputs: Readonly<Record<string, Input>>;
  readonly context: Plain;
  readonly image?: { readonly tokens: Plain; readonly scale: number };
} & Pick<UnetCall, 'self' | 'cross' | 'keep' | 'record' | 'engine'>;

/** Values that are whole numbers and must cross as such. */
export type Input = Plain | { readonly dims: readonly number[]; readonly ids: Int32Array };

function toWire(value: Input): Wire {
  const data = 'ids' in value ? value.ids : value.data;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {
    dims: value.dims,
    type: 'ids' in value ? 'i32' : 'f32',
    base64: bytes.toString('base64'),
  };
}

function fromWire({ dims, base64 }: Wire): Plain {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return { dims, data: new Float32Array(bytes.buffer) };
}

function fromWires(wires: Readonly<Record<string, Wire>>): Record<string, Plain> {
  return Object.fromEntries(Object.entries(wires).map(([name, wire]) => [name, fromWire(wire)]));
}

function wires(values: Readonly<Record<string, Input>>): Record<string, Wire> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toWire(value)]));
}

/** Sizes of every level below latents of `height` x `width`, as the engine pins them. */
export function levelPins(height: number, width: number, levels: number): Record<string, number> {
  const pins: Record<string, number> = {};
  for (let level = 0, rows = height, columns = width; level < levels; level++) {
    pins[`height_${String(level)}`] = rows;
    pins[`width_${String(level)}`] = columns;
    pins[`tokens_${String(level)}`] = rows * columns;
    rows = Math.ceil(rows / 2);
    columns = Math.ceil(columns / 2);
  }
  return pins;
}

/** Compiled graphs on the engine's runtime in a headless browser. The caller closes it. */
export class Bench {
  readonly quantisation: Quantisation;
  readonly #harness: Harness;

  private constructor(harness: Harness, quantisation: Quantisation) {
    this.#harness = harness;
    this.quantisation = quantisation;
  }

  static async open(runtime: 'cpu' | 'webgpu', quantisation: Quantisation): Promise<Bench> {
    const harness = await openHarness();
    try {
      await harness.call(PAGE, 'open', runtime);
      return new Bench(harness, quantisation);
    } catch (error) {
      await harness.close();
      throw error;
    }
  }

  get coder(): WeightCoder {
    return new WeightCoder(this.quantisation);
  }

  async close(): Promise<void> {
    await this.#harness.close();
  }

  /** Frees graphs and kept keys and values between cases. */
  async forget(): Promise<void> {
    await this.#harness.call(PAGE, 'forget');
  }

  async #load(file: PackageFile, pins: Readonly<Record<string, number>>): Promise<void> {
    const bytes = await joinPieces(file.write());
    await this.#harness.call(PAGE, 'load', file.path, Buffer.from(bytes).toString('base64'), pins);
  }

  /** One graph, loaded for these inputs and run. */
  async run(
    plan: GraphPlan,
    inputs: Readonly<Record<string, Input>>,
    pins: Readonly<Record<string, number>> = {},
  ): Promise<Record<string, Plain>> {
    await this.#load({ path: 'graph', write: () => plan.write('graph') }, pins);
    return fromWires(await this.#harness.call(PAGE, 'run', 'graph', wires(inputs)));
  }

  /** A graph that `loadAll` has loaded. */
  async runLoaded(
    file: string,
    inputs: Readonly<Record<string, Input>>,
  ): Promise<Record<string, Plain>> {
    return fromWires(await this.#harness.call(PAGE, 'run', file, wires(inputs)));
  }

  unet(json: Readonly<Record<string, unknown>>, weights: Weights, adapter?: Weights): BenchUnet {
    return this.unetOf(parseUnetConfig(json), weights, adapter);
  }

  unetOf(config: UnetConfig, weights: Weights, adapter?: Weights): BenchUnet {
    return new BenchUnet(this, config, packUnet(config, weights, this.coder, adapter));
  }

  async loadAll(
    files: readonly PackageFile[],
    pins: Readonly<Record<string, number>>,
  ): Promise<void> {
    for (const file of files) {
      await this.#load(file, pins);
    }
  }

  async call(call: UnetCall): Promise<{ prediction: Wire; recorded: Record<string, Wire> }> {
    return await this.#harness.call(PAGE, 'unet', call);
  }
}

/** A compiled U-Net; its graphs are loaded anew for every size. */
export class BenchUnet {
  readonly config: UnetConfig;
  readonly #bench: Bench;
  readonly #unet: UnetPackage;
  #loaded = '';

  constructor(bench: Bench, config: UnetConfig, unet: UnetPackage) {
    this.#bench = bench;
    this.config = config;
    this.#unet = unet;
  }

  /** The graph that makes image tokens, loaded by `predict` before. */
  async imageTokens(states: Plain): Promise<Plain> {
    const made = await this.#bench.runLoaded('image-context.onnx', { imageStates: states });
    return made['imageTokens'] ?? states;
  }

  async predict(run: UnetRun): Promise<{ prediction: Plain; recorded: Record<string, Plain> }> {
    const [, , height = 0, width = 0] = run.inputs['sample']?.dims ?? [];
    const pins = levelPins(height, width, this.config.down.length);
    const size = `${String(height)}x${String(width)}`;
    if (this.#loaded !== size) {
      await this.#bench.loadAll(this.#unet.files, pins);
      this.#loaded = size;
    }
    const { context, image, inputs, ...attention } = run;
    const { prediction, recorded } = await this.#bench.call({
      parts: this.#unet.parts,
      pins,
      inputs: wires(inputs),
      contexts: {
        text: toWire(context),
        ...(image === undefined ? {} : { image: toWire(image.tokens) }),
      },
      ...(image === undefined ? {} : { imageScale: image.scale }),
      ...attention,
    });
    return { prediction: fromWire(prediction), recorded: fromWires(recorded) };
  }
}
