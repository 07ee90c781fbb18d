import * as v from 'valibot';
import { must } from '../../base/assert.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import { channelsOf, Net } from '../onnx/net.ts';
import type { Dim, Value } from '../onnx/proto.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import { readVaeConfig, type VaePlan } from './vae-plan.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1 << 16));
const counts = v.pipe(v.array(count), v.minLength(1), v.maxLength(8));

const schema = v.object({
  in_channels: v.optional(v.literal(3), 3),
  out_channels: v.optional(v.literal(3), 3),
  latent_channels: v.optional(count, 4),
  encoder_block_out_channels: v.optional(counts, [64, 64, 64, 64]),
  decoder_block_out_channels: v.optional(counts, [64, 64, 64, 64]),
  num_encoder_blocks: v.optional(counts, [1, 3, 3, 3]),
  num_decoder_blocks: v.optional(counts, [3, 3, 3, 1]),
  act_fn: v.optional(v.literal('relu'), 'relu'),
  upsampling_scaling_factor: v.optional(v.literal(2), 2),
  upsample_fn: v.optional(v.literal('nearest'), 'nearest'),
  scaling_factor: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 1),
  shift_factor: v.optional(v.nullable(v.pipe(v.number(), v.finite())), 0),
});

type Config = v.InferOutput<typeof schema>;

/**
 * diffusers' AutoencoderTiny (TAESD): a few plain convolutions each way, no norms. Images are in [-1, 1] on both sides,
 * latents need no scaling. Module numbers count activations and upsamplers too.
 */
export function planVaeTiny(
  json: Readonly<Record<string, unknown>>,
  weights: Weights,
  coder: WeightCoder,
): VaePlan {
  const config = readVaeConfig(schema, json);
  return {
    latentChannels: config.latent_channels,
    factor: 2 ** (config.num_encoder_blocks.length - 1),
    scale: config.scaling_factor,
    shift: config.shift_factor ?? 0,
    imageRange: [-1, 1],
    encoder: planEncoder(config, weights, coder),
    decoder: planDecoder(config, weights, coder),
  };
}

/** Counts modules as torch.nn.Sequential does. */
class Sequence {
  readonly net: Net;
  #at = 0;

  constructor(net: Net) {
    this.net = net;
  }

  get next(): string {
    return String(this.#at++);
  }

  skip(): void {
    this.#at++;
  }
}

function block(net: Net, x: Value, channels: number): Value {
  let h = net.relu(net.conv(x, 'conv.0', channels));
  h = net.relu(net.conv(h, 'conv.2', channels));
  h = net.conv(h, 'conv.4', channels);
  const same = channelsOf(x, 1) === channels;
  return net.relu(net.add(h, same ? x : net.conv(x, 'skip', channels, { kernel: 1 })));
}

function sizes(last: boolean, level: number, end: readonly [Dim, Dim]): readonly [Dim, Dim] {
  return last ? end : [`rows_${String(level)}`, `columns_${String(level)}`];
}

function planEncoder(config: Config, weights: Weights, coder: WeightCoder): GraphPlan {
  const graph = new GraphSeries();
  const modules = new Sequence(new Net(graph, weights, coder, 'encoder.layers.'));
  const { net } = modules;
  const image = graph.input('image', ['frames', 3, 'imageHeight', 'imageWidth']);
  let x = net.affine(image, 0.5, 0.5);
  config.num_encoder_blocks.forEach((blocks, level) => {
    const channels = config.encoder_block_out_channels[level] ?? 0;
    const last = level === config.num_encoder_blocks.length - 1;
    x =
      level === 0
        ? net.conv(x, modules.next, channels, { exact: true })
        : net.conv(x, modules.next, channels, {
            stride: 2,
            size: sizes(last, level, ['height_0', 'width_0']),
          });
    for (let index = 0; index < blocks; index++) {
      x = block(net.at(modules.next), x, channels);
    }
  });
  graph.output(
    net.conv(x, modules.next, config.latent_channels, { exact: true, name: { exact: 'latents' } }),
  );
  return must(graph.finish()[0], 'graph');
}

function planDecoder(config: Config, weights: Weights, coder: WeightCoder): GraphPlan {
  const graph = new GraphSeries();
  const modules = new Sequence(new Net(graph, weights, coder, 'decoder.layers.'));
  const { net } = modules;
  const latents = graph.input('latents', ['frames', config.latent_channels, 'height_0', 'width_0']);
  const squashed = net.affine(
    graph.node('Tanh', [net.affine(latents, 1 / 3, 0)], latents.dims),
    3,
    0,
  );
  let x = net.relu(
    net.conv(squashed, modules.next, config.decoder_block_out_channels[0] ?? 0, { exact: true }),
  );
  modules.skip();
  config.num_decoder_blocks.forEach((blocks, level) => {
    const channels = config.decoder_block_out_channels[level] ?? 0;
    const last = level === config.num_decoder_blocks.length - 1;
    for (let index = 0; index < blocks; index++) {
      x = block(net.at(modules.next), x, channels);
    }
    if (last) {
      x = net.conv(x, modules.next, 3, { exact: true });
    } else {
      modules.skip();
      const isImage = level === config.num_decoder_blocks.length - 2;
      x = net.double(x, sizes(isImage, level, ['imageHeight', 'imageWidth']));
      x = net.conv(x, modules.next, channels);
    }
  });
  graph.output(net.affine(x, 2, -1, { exact: 'image' }));
  return must(graph.finish()[0], 'graph');
}
