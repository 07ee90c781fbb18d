import { must } from '../../base/assert.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import { Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';
import { floatTensor, type WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import type { ClipTextConfig } from './clip-config.ts';
import { clipLayer } from './clip-tower.ts';

/** Added to logits that must not be seen: far below any logit, far inside float32. */
const HIDDEN = -1e9;

export type ClipTextOptions = {
  /** Also the pooled row (`pooled`), and its projection (`embedding`) where the checkpoint has one. */
  readonly pooled?: boolean;
};

/**
 * transformers' CLIPTextModel (and …WithProjection): `ids` [batch, textTokens] i32 to `context` [batch, textTokens,
 * width], the last hidden state after the final norm. Causal mask inside, no padding mask. Takes names with and
 * without the prefix `text_model.`.
 */
export function planClipText(
  config: ClipTextConfig,
  weights: Weights,
  coder: WeightCoder,
  options: ClipTextOptions = {},
): GraphPlan {
  const graph = new GraphSeries();
  const prefixed = weights.has('text_model.final_layer_norm.weight');
  const net = new Net(graph, weights, coder, prefixed ? 'text_model.' : '');
  const ids = graph.input('ids', ['batch', 'textTokens'], 'i32');
  const length = net.shapeOf(ids, 1, 2);
  let x = net.add(embed(net, ids, config), positions(net, length, config));
  const mask = causalMask(net, length, config.maxTokens);
  for (let index = 0; index < config.layers; index++) {
    x = clipLayer(net.at(`encoder.layers.${String(index)}`), x, config, mask);
  }
  const context = net.layerNorm(x, 'final_layer_norm', config.epsilon, { exact: 'context' });
  graph.output(context);
  if (options.pooled === true) {
    const pooled = pool(net, context, ids, config);
    graph.output(pooled);
    if (weights.has('text_projection.weight')) {
      const root = net.with(weights);
      graph.output(
        root.linear(pooled, 'text_projection', config.projection, { name: { exact: 'embedding' } }),
      );
    }
  }
  return must(graph.finish()[0], 'graph');
}

function embed(net: Net, ids: Value, config: ClipTextConfig): Value {
  const key = `${net.prefix}embeddings.token_embedding.weight`;
  net.weights.expect(key, [config.vocabulary, config.width]);
  const spec = { name: key, rows: config.vocabulary, width: config.width, exact: false };
  return net.graph.weighted(
    ids,
    [...ids.dims, config.width],
    { hint: 'embedded' },
    async (input, output) => net.coder.embedding(spec, await net.weights.read(key), input, output),
  );
}

function positions(net: Net, length: Value, config: ClipTextConfig): Value {
  const table = net.tensor('embeddings.position_embedding.weight', [
    config.maxTokens,
    config.width,
  ]);
  const axis = net.graph.integers([0]);
  return net.graph.node(
    'Slice',
    [table, net.graph.integers([0]), length, axis],
    ['textTokens', config.width],
  );
}

/** [textTokens, textTokens]: a token sees itself and those before it. */
function causalMask(net: Net, length: Value, maxTokens: number): Value {
  const values = new Float32Array(maxTokens ** 2);
  for (let row = 0; row < maxTokens; row++) {
    values.fill(HIDDEN, row * maxTokens + row + 1, (row + 1) * maxTokens);
  }
  const full = net.graph.constant(floatTensor('causal', [maxTokens, maxTokens], values));
  const ends = net.graph.node('Concat', [length, length], [2], {
    type: 'i64',
    attributes: { axis: { int: 0 } },
  });
  const axes = net.graph.integers([0, 1]);
  return net.graph.node(
    'Slice',
    [full, net.graph.integers([0, 0]), ends, axes],
    ['textTokens', 'textTokens'],
    {
      type: 'f32',
    },
  );
}

/**
 * The row that stands for the text: of the highest id where the config has the historic end token 2, else of the
 * first end token; the first occurrence either way.
 */
function pool(net: Net, context: Value, ids: Value, config: ClipTextConfig): Value {
  const { graph } = net;
  const asFloat = { type: 'f32' as const, attributes: { to: { int: 1 } } };
  let scores = graph.node('Cast', [ids], ids.dims, asFloat);
  if (config.endToken !== 2) {
    const end = graph.constant({
      name: 'end',
      dims: [1],
      type: 'i32',
      data: new Uint8Array(Int32Array.of(config.endToken).buffer),
    });
    const found = graph.node('Equal', [ids, end], ids.dims);
    scores = graph.node('Cast', [found], ids.dims, asFloat);
  }
  const row = graph.node('ArgMax', [scores], ['batch', 1], {
    type: 'i64',
    attributes: { axis: { int: 1 } },
  });
  const index = graph.node('Unsqueeze', [row, graph.integers([2])], ['batch', 1, 1]);
  const shape = graph.node(
    'Concat',
    [net.shapeOf(context, 0, 1), graph.integers([1, config.width])],
    [3],
    {
      type: 'i64',
      attributes: { axis: { int: 0 } },
    },
  );
  const wide = graph.node('Expand', [index, shape], ['batch', 1, config.width]);
  const picked = graph.node('GatherElements', [context, wide], ['batch', 1, config.width], {
    attributes: { axis: { int: 1 } },
  });
  return graph.node('Squeeze', [picked, graph.integers([1])], ['batch', config.width], {
    name: { exact: 'pooled' },
  });
}
