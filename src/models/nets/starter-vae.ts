import * as v from 'valibot';
import { must } from '../../base/assert.ts';
import { AppError } from '../../base/error.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import { Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import { readVaeConfig, type VaePlan } from './vae-plan.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1 << 16));

const schema = v.object({
  image_channels: v.literal(3),
  latent_channels: count,
  patch: v.picklist([2, 4, 8]),
  channels: v.tuple([count, count]),
  blocks: count,
  factor: count,
  scaling_factor: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 1),
  shift_factor: v.optional(v.nullable(v.pipe(v.number(), v.finite())), 0),
});

/**
 * The starter's own autoencoder (training/): pictures in patches, two resolutions of residual blocks without norms,
 * latents at 1/(2 * patch) of the side. Images and results are in [-1, 1].
 */
export function planStarterVae(
  json: Readonly<Record<string, unknown>>,
  weights: Weights,
  coder: WeightCoder,
): VaePlan {
  const config = readVaeConfig(schema, json);
  if (config.factor !== config.patch * 2) {
    throw new AppError(
      'model/unsupported',
      `The VAE’s factor is ${String(config.factor)}; with patches of ${String(config.patch)} it must be ${String(config.patch * 2)}.`,
    );
  }
  return {
    latentChannels: config.latent_channels,
    factor: config.factor,
    scale: config.scaling_factor,
    shift: config.shift_factor ?? 0,
    imageRange: [-1, 1],
    encoder: planEncoder(config, weights, coder),
    decoder: planDecoder(config, weights, coder),
  };
}

type Config = v.InferOutput<typeof schema>;

function stage(net: Net, from: Value, channels: number, blocks: number): Value {
  let x = from;
  for (let index = 0; index < blocks; index++) {
    const at = net.at(`blocks.${String(index)}`);
    const h = at.conv(at.silu(x), 'conv1', channels);
    x = at.add(x, at.conv(at.silu(h), 'conv2', channels));
  }
  return x;
}

function planEncoder(config: Config, weights: Weights, coder: WeightCoder): GraphPlan {
  const graph = new GraphSeries();
  const net = new Net(graph, weights, coder, 'encoder.');
  const [outer, inner] = config.channels;
  const image = graph.input('image', ['frames', 3, 'imageHeight', 'imageWidth']);
  let x = patchConv(net, image, config);
  x = stage(net.at('stages.0'), x, outer, config.blocks);
  x = net.conv(x, 'down', inner, { stride: 2, size: ['height_0', 'width_0'] });
  x = stage(net.at('stages.1'), x, inner, config.blocks);
  graph.output(
    net.conv(x, 'conv_out', config.latent_channels, { exact: true, name: { exact: 'latents' } }),
  );
  return must(graph.finish()[0], 'graph');
}

/**
 * pixel_unshuffle and a 3x3 convolution are one convolution of 3 * patch pixels with stride patch: its tap
 * (patch * dy + i, patch * dx + j) of colour c is the stored tap (dy, dx) of channel c * patch² + i * patch + j.
 */
function patchConv(net: Net, image: Value, config: Config): Value {
  const { patch, channels, image_channels: colours } = config;
  const side = patch * 3;
  const out = channels[0];
  net.weights.expect(`${net.prefix}conv_in.weight`, [out, colours * patch ** 2, 3, 3]);
  return net.conv(image, 'conv_in', out, {
    stride: patch,
    padding: patch,
    size: ['patchHeight', 'patchWidth'],
    exact: true,
    reshaped: {
      dims: [out, colours, side, side],
      apply: (stored) => {
        const weight = new Float32Array(stored.length);
        for (let at = 0; at < stored.length; at++) {
          const [dx, dy] = [at % 3, Math.floor(at / 3) % 3];
          const channel = Math.floor(at / 9) % (colours * patch ** 2);
          const [j, i] = [channel % patch, Math.floor(channel / patch) % patch];
          const plane = Math.floor(at / 9 / patch ** 2);
          weight[(plane * side + patch * dy + i) * side + patch * dx + j] = stored[at] ?? 0;
        }
        return weight;
      },
    },
  });
}

function planDecoder(config: Config, weights: Weights, coder: WeightCoder): GraphPlan {
  const graph = new GraphSeries();
  const net = new Net(graph, weights, coder, 'decoder.');
  const [outer, inner] = config.channels;
  const { patch } = config;
  const latents = graph.input('latents', ['frames', config.latent_channels, 'height_0', 'width_0']);
  let x = stage(
    net.at('stages.0'),
    net.conv(latents, 'conv_in', inner, { exact: true }),
    inner,
    config.blocks,
  );
  x = net.pixelShuffle(net.conv(x, 'up', outer * 4), 2, ['patchHeight', 'patchWidth']);
  x = net.conv(stage(net.at('stages.1'), x, outer, config.blocks), 'conv_out', 3 * patch ** 2, {
    exact: true,
  });
  const shuffled = net.pixelShuffle(x, patch, ['imageHeight', 'imageWidth'], { exact: 'image' });
  graph.output(shuffled);
  return must(graph.finish()[0], 'graph');
}
