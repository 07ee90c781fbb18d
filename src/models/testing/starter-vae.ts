import { memorySource } from '../reading/byte-source.ts';
import { Safetensors } from '../reading/safetensors.ts';
import type { Plain } from './golden.ts';
import type { TinyFiles } from './tiny-checkpoint.ts';

type Tensors = Readonly<Record<string, Float32Array>>;

function sides(x: Plain): readonly [number, number, number, number] {
  return x.dims as readonly [number, number, number, number];
}

function conv3(x: Plain, weight: Float32Array, bias: Float32Array, stride = 1): Plain {
  const [frames, channels, height, width] = sides(x);
  const out = bias.length;
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const data = new Float32Array(frames * out * rows * columns);
  let to = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let o = 0; o < out; o++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = bias[o] ?? 0;
          for (let c = 0; c < channels; c++) {
            for (let tap = 0; tap < 9; tap++) {
              const y = row * stride + Math.floor(tap / 3) - 1;
              const at = column * stride + (tap % 3) - 1;
              if (y >= 0 && y < height && at >= 0 && at < width) {
                const pixel = x.data[((frame * channels + c) * height + y) * width + at] ?? 0;
                sum += pixel * (weight[(o * channels + c) * 9 + tap] ?? 0);
              }
            }
          }
          data[to++] = sum;
        }
      }
    }
  }
  return { dims: [frames, out, rows, columns], data };
}

/** torch.nn.functional.pixel_unshuffle, or pixel_shuffle the other way. */
function unshuffle(x: Plain, factor: number): Plain {
  const [frames, channels, height, width] = sides(x);
  const [rows, columns] = [height / factor, width / factor];
  const dims = [frames, channels * factor ** 2, rows, columns];
  const data = new Float32Array(x.data.length);
  forShuffle(frames, channels, height, width, factor, (fine, coarse) => {
    data[coarse] = x.data[fine] ?? 0;
  });
  return { dims, data };
}

function shuffle(x: Plain, factor: number): Plain {
  const [frames, channels, rows, columns] = sides(x);
  const dims = [frames, channels / factor ** 2, rows * factor, columns * factor];
  const data = new Float32Array(x.data.length);
  forShuffle(
    frames,
    channels / factor ** 2,
    rows * factor,
    columns * factor,
    factor,
    (fine, coarse) => {
      data[fine] = x.data[coarse] ?? 0;
    },
  );
  return { dims, data };
}

function forShuffle(
  frames: number,
  channels: number,
  height: number,
  width: number,
  factor: number,
  visit: (fine: number, coarse: number) => void,
): void {
  const [rows, columns] = [height / factor, width / factor];
  for (let plane = 0; plane < frames * channels; plane++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const channel = plane * factor ** 2 + (y % factor) * factor + (x % factor);
        const coarse = (channel * rows + Math.floor(y / factor)) * columns + Math.floor(x / factor);
        visit((plane * height + y) * width + x, coarse);
      }
    }
  }
}

function map(x: Plain, change: (value: number, at: number) => number): Plain {
  return { dims: x.dims, data: x.data.map(change) };
}

/** The starter's autoencoder written out plainly from its definition, for pictures of one stage with one block. */
export async function starterVae(
  files: TinyFiles,
): Promise<{ encode(image: Plain): Plain; decode(latents: Plain): Plain }> {
  const path = 'vae/diffusion_pytorch_model.safetensors';
  const file = await Safetensors.open(memorySource(path, files.get(path) ?? new Uint8Array()));
  const tensors: Record<string, Float32Array> = {};
  for (const entry of file.header.tensors.values()) {
    tensors[entry.name] = await file.readFloats(entry);
  }
  const conv = (x: Plain, name: string, stride = 1): Plain =>
    conv3(x, get(tensors, `${name}.weight`), get(tensors, `${name}.bias`), stride);
  const silu = (x: Plain): Plain => map(x, (value) => value / (1 + Math.exp(-value)));
  const block = (x: Plain, name: string): Plain => {
    const h = conv(silu(conv(silu(x), `${name}.conv1`)), `${name}.conv2`);
    return map(x, (value, at) => value + (h.data[at] ?? 0));
  };
  return {
    encode: (image) => {
      const outer = block(
        conv(unshuffle(image, 4), 'encoder.conv_in'),
        'encoder.stages.0.blocks.0',
      );
      return conv(
        block(conv(outer, 'encoder.down', 2), 'encoder.stages.1.blocks.0'),
        'encoder.conv_out',
      );
    },
    decode: (latents) => {
      const inner = block(conv(latents, 'decoder.conv_in'), 'decoder.stages.0.blocks.0');
      const outer = block(shuffle(conv(inner, 'decoder.up'), 2), 'decoder.stages.1.blocks.0');
      return shuffle(conv(outer, 'decoder.conv_out'), 4);
    },
  };
}

function get(tensors: Tensors, name: string): Float32Array {
  return tensors[name] ?? new Float32Array();
}
