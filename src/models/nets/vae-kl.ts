import * as v from 'valibot';
import { must } from '../../base/assert.ts';
import { AppError } from '../../base/error.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import { channelsOf, Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import { headAttention } from './head-attention.ts';
import { resnet } from './resnet.ts';
import { readVaeConfig, type VaePlan } from './vae-plan.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1 << 16));
const blocks = (name: string) => v.optional(v.array(v.literal(name)), [name]);

const schema = v.object({
  in_channels: v.optional(v.literal(3), 3),
  out_channels: v.optional(v.literal(3), 3),
  latent_channels: v.optional(count, 4),
  block_out_channels: v.optional(v.pipe(v.array(count), v.minLength(1), v.maxLength(8)), [64]),
  layers_per_block: v.optional(count, 1),
  norm_num_groups: v.optional(count, 32),
  act_fn: v.optional(v.literal('silu'), 'silu'),
  down_block_types: blocks('DownEncoderBlock2D'),
  up_block_types: blocks('UpDecoderBlock2D'),
  mid_block_add_attention: v.optional(v.boolean(), true),
  use_quant_conv: v.optional(v.boolean(), true),
  use_post_quant_conv: v.optional(v.boolean(), true),
  scaling_factor: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 0.18215),
  shift_factor: v.optional(v.nullable(v.pipe(v.number(), v.finite()))),
});

type Config = v.InferOutput<typeof schema>;

/** Every norm of this class has this epsilon. */
const EPSILON = 1e-6;

/**
 * diffusers' AutoencoderKL. `latents` is the mean of the encoder's distribution, unscaled; `logvar` comes beside it, as the
 * network gives it. Images are in [-1, 1]; `decoder` takes unscaled latents and clamps nothing.
 */
export function planVaeKl(
  json: Readonly<Record<string, unknown>>,
  weights: Weights,
  coder: WeightCoder,
): VaePlan {
  const config = readVaeConfig(schema, json);
  for (const channels of config.block_out_channels) {
    if (channels % config.norm_num_groups !== 0) {
      throw new AppError(
        'model/unsupported',
        `VAE: ${String(channels)} channels do not split into ${String(config.norm_num_groups)} norm groups.`,
      );
    }
  }
  return {
    latentChannels: config.latent_channels,
    factor: 2 ** (config.block_out_channels.length - 1),
    scale: config.scaling_factor,
    shift: config.shift_factor ?? 0,
    imageRange: [-1, 1],
    encoder: planEncoder(config, weights, coder),
    decoder: planDecoder(config, weights, coder),
  };
}

function block(net: Net, x: Value, channels: number, config: Config): Value {
  return resnet(net, x, channels, undefined, { groups: config.norm_num_groups, epsilon: EPSILON });
}

function middle(net: Net, x: Value, config: Config): Value {
  const channels = channelsOf(x, 1);
  const before = block(net.at('resnets.0'), x, channels, config);
  const mixed = config.mid_block_add_attention
    ? attention(net.at('attentions.0'), before, config)
    : before;
  return block(net.at('resnets.1'), mixed, channels, config);
}

/** One head over all channels; older files have other names, the oldest store the layers as 1x1 convolutions. */
function attention(net: Net, x: Value, config: Config): Value {
  const channels = channelsOf(x, 1);
  const old = net.has('query.weight');
  const [q, k, v, out] = old
    ? (['query', 'key', 'value', 'proj_attn'] as const)
    : (['to_q', 'to_k', 'to_v', 'to_out.0'] as const);
  const pointwise = net.weights.shape(`${net.prefix}${q}.weight`).length === 4;
  const normal = net.groupNorm(x, 'group_norm', config.norm_num_groups, EPSILON);
  const tokens = net.toTokens(normal, 'tokens');
  const layer = (from: Value, name: string): Value =>
    net.linear(from, name, channels, { pointwise });
  const mixed = headAttention(net, [layer(tokens, q), layer(tokens, k), layer(tokens, v)], 1);
  return net.add(x, net.fromTokens(layer(mixed, out), x));
}

function planEncoder(config: Config, weights: Weights, coder: WeightCoder): GraphPlan {
  const graph = new GraphSeries();
  const root = new Net(graph, weights, coder);
  const net = root.at('encoder');
  const image = graph.input('image', ['frames', 3, 'imageHeight', 'imageWidth']);
  let x = net.conv(image, 'conv_in', config.block_out_channels[0] ?? 0, { exact: true });
  config.block_out_channels.forEach((channels, level) => {
    const at = net.at(`down_blocks.${String(level)}`);
    for (let layer = 0; layer < config.layers_per_block; layer++) {
      x = block(at.at(`resnets.${String(layer)}`), x, channels, config);
    }
    if (level < config.block_out_channels.length - 1) {
      const last = level === config.block_out_channels.length - 2;
      x = at.conv(x, 'downsamplers.0.conv', channels, {
        stride: 2,
        padding: [0, 0, 1, 1],
        size: last
          ? ['height_0', 'width_0']
          : [`rows_${String(level)}`, `columns_${String(level)}`],
      });
    }
  });
  x = middle(net.at('mid_block'), x, config);
  x = net.silu(net.groupNorm(x, 'conv_norm_out', config.norm_num_groups, EPSILON));
  const channels = config.latent_channels;
  x = net.conv(x, 'conv_out', channels * 2, { exact: true });
  if (config.use_quant_conv) {
    x = root.conv(x, 'quant_conv', channels * 2, { kernel: 1, exact: true });
  }
  graph.output(
    root.slice(x, 1, 0, channels, { exact: 'latents' }),
    root.slice(x, 1, channels, channels * 2, { exact: 'logvar' }),
  );
  return must(graph.finish()[0], 'graph');
}

function planDecoder(config: Config, weights: Weights, coder: WeightCoder): GraphPlan {
  const graph = new GraphSeries();
  const root = new Net(graph, weights, coder);
  const net = root.at('decoder');
  let x = graph.input('latents', ['frames', config.latent_channels, 'height_0', 'width_0']);
  if (config.use_post_quant_conv) {
    x = root.conv(x, 'post_quant_conv', config.latent_channels, { kernel: 1, exact: true });
  }
  const levels = config.block_out_channels.toReversed();
  x = middle(net.at('mid_block'), net.conv(x, 'conv_in', levels[0] ?? 0, { exact: true }), config);
  levels.forEach((channels, level) => {
    const at = net.at(`up_blocks.${String(level)}`);
    for (let layer = 0; layer <= config.layers_per_block; layer++) {
      x = block(at.at(`resnets.${String(layer)}`), x, channels, config);
    }
    if (level < levels.length - 1) {
      const last = level === levels.length - 2;
      const size = last
        ? (['imageHeight', 'imageWidth'] as const)
        : ([`rows_${String(level)}`, `columns_${String(level)}`] as const);
      x = at.conv(at.double(x, size), 'upsamplers.0.conv', channels);
    }
  });
  x = net.silu(net.groupNorm(x, 'conv_norm_out', config.norm_num_groups, EPSILON));
  graph.output(net.conv(x, 'conv_out', 3, { exact: true, name: { exact: 'image' } }));
  return must(graph.finish()[0], 'graph');
}
