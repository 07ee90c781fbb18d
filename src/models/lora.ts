import { AppError } from '../base/error.ts';
import type { Safetensors, TensorEntry } from './reading/safetensors.ts';
import { elementCount } from './reading/safetensors.ts';
import type { Weights } from './reading/weights.ts';

/** A LoRA file and how strongly it is fused; 1 is as it was trained. */
export type Lora = { readonly file: Safetensors; readonly weight: number };

export type LoraResult = {
  /** Layers changed. */
  readonly fused: number;
  /** Keys that fit no layer of the checkpoint, or belong to another kind of adapter. */
  readonly unknown: readonly string[];
};

type NetworkName = 'unet' | 'text_encoder';
export type LoraNetworks = Readonly<Record<NetworkName, Weights | undefined>>;

type Part = 'down' | 'up' | 'alpha';
type Place = { readonly network: NetworkName; readonly layer: string; readonly part: Part };
type Layer = {
  readonly network: NetworkName;
  readonly name: string;
  parts: Partial<Record<Part, TensorEntry>>;
};

/** Endings of a key, in the dialects of peft, diffusers, kohya and old attention processors. */
const ENDINGS: readonly (readonly [RegExp, Part])[] = [
  [/\.lora_A(\.default)?\.weight$/, 'down'],
  [/\.lora_B(\.default)?\.weight$/, 'up'],
  [/\.lora_down\.weight$/, 'down'],
  [/\.lora_up\.weight$/, 'up'],
  [/(\.lora|_lora|\.lora_linear_layer)\.down\.weight$/, 'down'],
  [/(\.lora|_lora|\.lora_linear_layer)\.up\.weight$/, 'up'],
  [/\.alpha$/, 'alpha'],
];

const DOTTED: readonly (readonly [RegExp, NetworkName])[] = [
  [/^(base_model\.model\.)?unet\./, 'unet'],
  [/^(base_model\.model\.)?text_encoder\./, 'text_encoder'],
];
const UNDERSCORED: readonly (readonly [RegExp, NetworkName])[] = [
  [/^lora_unet_/, 'unet'],
  [/^lora_te1?_/, 'text_encoder'],
];

const TEXT_PREFIX = 'text_model.';

/** Layer names of one network, by their dotted and their underscored form, without the text model's prefix. */
function layerIndex(weights: Weights): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const name of weights.names) {
    if (name.endsWith('.weight')) {
      const layer = name.slice(0, -'.weight'.length);
      const plain = layer.startsWith(TEXT_PREFIX) ? layer.slice(TEXT_PREFIX.length) : layer;
      index.set(plain, layer);
      index.set(plain.replaceAll('.', '_'), layer);
    }
  }
  return index;
}

/** What a key speaks of; undefined if it is none of the dialects. */
function parseKey(key: string): Place | undefined {
  for (const [ending, part] of ENDINGS) {
    if (!ending.test(key)) {
      continue;
    }
    const stem = key.replace(ending, '');
    for (const [start, network] of DOTTED) {
      if (start.test(stem)) {
        return {
          network,
          part,
          layer: processorLayer(stem.replace(start, '')).replace(TEXT_PREFIX, ''),
        };
      }
    }
    for (const [start, network] of UNDERSCORED) {
      if (start.test(stem)) {
        return { network, part, layer: stem.replace(start, '').replace(/^text_model_/, '') };
      }
    }
  }
  return undefined;
}

/** `….attn1.processor.to_out` (diffusers before 0.20) means `….attn1.to_out.0`. */
function processorLayer(layer: string): string {
  return layer.replace(/\.processor\.to_out$/, '.to_out.0').replace('.processor.', '.');
}

/**
 * Adds a LoRA to the tensors it was trained for: W + weight * (alpha / rank) * up · down (Hu et al. 2021), linear layers and
 * convolutions, when they are read. Alpha is a tensor, stands in the header, or is the rank. A file of which nothing
 * fits is `model/unsupported`.
 */
export function fuseLora({ file, weight }: Lora, networks: LoraNetworks): LoraResult {
  const indices = {
    unet: networks.unet && layerIndex(networks.unet),
    text_encoder: networks.text_encoder && layerIndex(networks.text_encoder),
  };
  const layers = new Map<string, Layer>();
  const unknown: string[] = [];
  for (const entry of file.header.tensors.values()) {
    const place = parseKey(entry.name);
    const name = place && indices[place.network]?.get(place.layer);
    if (place === undefined || name === undefined) {
      unknown.push(entry.name);
      continue;
    }
    const key = `${place.network} ${name}`;
    const layer = layers.get(key) ?? { network: place.network, name, parts: {} };
    layer.parts = { ...layer.parts, [place.part]: entry };
    layers.set(key, layer);
  }
  const header = readHeader(file);
  let fused = 0;
  for (const layer of layers.values()) {
    const weights = networks[layer.network];
    const { down, up } = layer.parts;
    if (weights === undefined || down === undefined || up === undefined) {
      unknown.push(...Object.values(layer.parts).map((entry) => entry.name));
    } else {
      patchLayer(file, weights, layer, { down, up }, weight, header);
      fused++;
    }
  }
  if (fused === 0) {
    throw new AppError(
      'model/unsupported',
      `${file.name}: none of its ${String(file.header.tensors.size)} tensors fits this checkpoint (${unknown.slice(0, 3).join(', ')} …).`,
    );
  }
  return { fused, unknown };
}

type Header = Readonly<Record<string, unknown>>;

/** peft's settings, which diffusers stores as JSON text in the file header. */
function readHeader(file: Safetensors): Header {
  const text = file.header.metadata['lora_adapter_metadata'];
  if (text === undefined) {
    return {};
  }
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Header) : {};
  } catch (cause) {
    throw new AppError('model/bad-checkpoint', `${file.name}: lora_adapter_metadata is not JSON.`, {
      cause,
    });
  }
}

/** alpha / rank, or alpha / sqrt(rank) for rank-stabilised LoRA. */
function scaleOf(header: Header, layer: Layer, rank: number, alpha: number | undefined): number {
  const pattern = header[`${layer.network}.alpha_pattern`];
  const own =
    typeof pattern === 'object' && pattern !== null
      ? (pattern as Record<string, unknown>)[layer.name]
      : undefined;
  const stated = alpha ?? own ?? header[`${layer.network}.lora_alpha`];
  const value = typeof stated === 'number' ? stated : rank;
  return value / (header[`${layer.network}.use_rslora`] === true ? Math.sqrt(rank) : rank);
}

function patchLayer(
  file: Safetensors,
  weights: Weights,
  layer: Layer,
  { down, up }: { readonly down: TensorEntry; readonly up: TensorEntry },
  weight: number,
  header: Header,
): void {
  const target = `${layer.name}.weight`;
  const shape = weights.shape(target);
  const rank = down.shape[0] ?? 0;
  const rows = shape[0] ?? 0;
  const width = elementCount(shape.slice(1));
  if (elementCount(up.shape) !== rows * rank || elementCount(down.shape) !== rank * width) {
    throw new AppError(
      'model/bad-checkpoint',
      `${file.name}: ${down.name} [${down.shape.join(', ')}] and ${up.name} [${up.shape.join(', ')}] do not fit ${target} [${shape.join(', ')}].`,
    );
  }
  weights.patch(target, async (values) => {
    const a = await file.readFloats(down);
    const b = await file.readFloats(up);
    const alpha = layer.parts.alpha && (await file.readFloats(layer.parts.alpha))[0];
    const scale = weight * scaleOf(header, layer, rank, alpha);
    addProduct(values, b, a, { rows, rank, width, scale });
  });
}

/** values[rows, width] += scale * up[rows, rank] · down[rank, width]. */
function addProduct(
  values: Float32Array,
  up: Float32Array,
  down: Float32Array,
  { rows, rank, width, scale }: { rows: number; rank: number; width: number; scale: number },
): void {
  const sums = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let at = 0; at < rank; at++) {
      const factor = (up[row * rank + at] ?? 0) * scale;
      for (let column = 0; column < width; column++) {
        sums[column] = (sums[column] ?? 0) + factor * (down[at * width + column] ?? 0);
      }
    }
    for (let column = 0; column < width; column++) {
      const to = row * width + column;
      values[to] = (values[to] ?? 0) + (sums[column] ?? 0);
    }
  }
}
