import { planClipText } from '../nets/clip-text.ts';
import { parseClipTextConfig } from '../nets/clip-config.ts';
import { parseUnetConfig } from '../nets/unet-config.ts';
import { planVae } from '../nets/vae.ts';
import { packUnet } from '../pack-unet.ts';
import { WeightCoder } from '../quantise/weight-coder.ts';
import { Weights } from '../reading/weights.ts';

type Json = Readonly<Record<string, unknown>>;
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Pretends to hold every tensor that is asked for, and writes down what was. */
class ShapeRecorder extends Weights {
  readonly shapes = new Map<string, readonly number[]>();
  readonly #lacks: RegExp;

  constructor(lacks: RegExp) {
    super('random checkpoint', []);
    this.#lacks = lacks;
  }

  override has(name: string): boolean {
    return !this.#lacks.test(name);
  }

  override expect(name: string, shape: readonly number[]): void {
    this.shapes.set(name, shape);
  }

  override shape(name: string): readonly number[] {
    return this.shapes.get(name) ?? [];
  }
}

/** Tensors of a U-Net, an autoencoder and a text encoder by their configs: names as in public checkpoints. */
export function checkpointShapes(configs: {
  readonly unet: Json;
  readonly vae: Json;
  readonly text: Json;
}): { readonly unet: Shapes; readonly vae: Shapes; readonly text: Shapes } {
  const coder = new WeightCoder('f32');
  const unet = new ShapeRecorder(/to_[qkv]\.bias$|cond_proj\.bias$/);
  packUnet(parseUnetConfig(configs.unet), unet, coder);
  const vae = new ShapeRecorder(/query\.weight$/);
  planVae(configs.vae, vae, coder);
  const text = new ShapeRecorder(/^text_projection/);
  planClipText(parseClipTextConfig(configs.text), text, coder);
  return { unet: unet.shapes, vae: vae.shapes, text: text.shapes };
}
