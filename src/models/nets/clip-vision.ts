import { must } from '../../base/assert.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import { Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import type { ClipVisionConfig } from './clip-config.ts';
import { clipLayer } from './clip-tower.ts';

/**
 * transformers' CLIPVisionModelWithProjection: `image` [frames, 3, size, size], normalised as CLIP wants it, to
 * `penultimate` and `last` [frames, patches + 1, width] (class token first, before the last norm; IP-Adapter-Plus reads the
 * former) and `embedding` [frames, projection] where the checkpoint has the projection.
 */
export function planClipVision(
  config: ClipVisionConfig,
  weights: Weights,
  coder: WeightCoder,
): GraphPlan {
  const graph = new GraphSeries();
  const prefixed = weights.has('vision_model.post_layernorm.weight');
  const net = new Net(graph, weights, coder, prefixed ? 'vision_model.' : '');
  const image = graph.input('image', ['frames', 3, config.imageSize, config.imageSize]);
  // The misspelling is the public files' own.
  let x = net.layerNorm(embed(net, image, config), 'pre_layrnorm', config.epsilon);
  for (let index = 0; index < config.layers; index++) {
    const at = net.at(`encoder.layers.${String(index)}`);
    if (index === config.layers - 1) {
      graph.output(graph.node('Identity', [x], x.dims, { name: { exact: 'penultimate' } }));
    }
    x = clipLayer(at, x, config, undefined);
  }
  graph.output(graph.node('Identity', [x], x.dims, { name: { exact: 'last' } }));
  const first = net.slice(x, 1, 0, 1);
  const row = graph.node('Squeeze', [first, graph.integers([1])], ['frames', config.width]);
  const pooled = net.layerNorm(row, 'post_layernorm', config.epsilon);
  if (weights.has('visual_projection.weight')) {
    const root = net.with(weights);
    graph.output(
      root.linear(pooled, 'visual_projection', config.projection, { name: { exact: 'embedding' } }),
    );
  }
  return must(graph.finish()[0], 'graph');
}

function embed(net: Net, image: Value, config: ClipVisionConfig): Value {
  const { graph } = net;
  const side = config.imageSize / config.patch;
  const at = net.at('embeddings');
  const patches = at.conv(image, 'patch_embedding', config.width, {
    kernel: config.patch,
    stride: config.patch,
    padding: 0,
    size: [side, side],
    exact: true,
  });
  const tokens = at.toTokens(patches, side * side);
  const own = at.tensor('class_embedding', [config.width], [1, 1, config.width]);
  const shape = graph.node(
    'Concat',
    [at.shapeOf(image, 0, 1), graph.integers([1, config.width])],
    [3],
    { attributes: { axis: { int: 0 } } },
  );
  const classes = graph.node('Expand', [own, shape], ['frames', 1, config.width]);
  const count = side * side + 1;
  const positions = at.tensor('position_embedding.weight', [count, config.width]);
  return at.add(at.concat([classes, tokens], 1), positions);
}
