import { must } from '../../base/assert.ts';
import { AppError } from '../../base/error.ts';
import type { AttentionSite } from '../manifest.ts';
import { GraphSeries } from '../onnx/graph-series.ts';
import { Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import type { ContextPlan } from './context.ts';
import { headAttention } from './head-attention.ts';

/** Heads of the resampler are this wide in every published file; the files carry no config. */
const HEAD_DIM = 64;

/**
 * IP-Adapter and IP-Adapter-Plus (Ye et al. 2023): from a picture's CLIP states to keys and values of image tokens for every
 * cross-attention site, the second path beside the text's. Plus reads `imageStates` [branches, patches, width], the
 * plain one `imageStates` [branches, 1, width], the projected embedding. `imageTokens` comes beside the keys and values.
 */
export function planImageContext(
  sites: readonly AttentionSite[],
  weights: Weights,
  coder: WeightCoder,
): ContextPlan {
  const graph = new GraphSeries();
  const net = new Net(graph, weights, coder, 'image_proj.');
  const tokens = net.has('latents') ? resampled(net) : projected(net);
  graph.output(tokens);
  const made: Record<string, { k: string; v: string }> = {};
  adapterOrder(sites).forEach((site, index) => {
    const channels = site.heads * site.headDim;
    const at = net.with(weights, `ip_adapter.${String(index * 2 + 1)}.`);
    const k = at.linear(tokens, 'to_k_ip', channels, { name: { exact: `i.${String(index)}.k` } });
    const v = at.linear(tokens, 'to_v_ip', channels, { name: { exact: `i.${String(index)}.v` } });
    graph.output(k, v);
    made[site.path] = { k: k.name, v: v.name };
  });
  return { graph: must(graph.finish()[0], 'graph'), sites: made };
}

/** The files count attention modules down, up, then the middle; the odd numbers are the cross ones. */
function adapterOrder(sites: readonly AttentionSite[]): readonly AttentionSite[] {
  const cross = sites.filter((site) => site.kind === 'cross');
  const inMiddle = (site: AttentionSite): boolean => site.path.startsWith('mid_block');
  return [...cross.filter((site) => !inMiddle(site)), ...cross.filter(inMiddle)];
}

function shapeOf(net: Net, name: string): readonly number[] {
  return net.weights.shape(net.prefix + name);
}

function projected(net: Net): Value {
  const [out = 0, width = 0] = shapeOf(net, 'proj.weight');
  const [context = 0] = shapeOf(net, 'norm.weight');
  if (out % context !== 0) {
    throw new AppError(
      'model/bad-checkpoint',
      `IP-Adapter: ${String(out)} outputs are no whole number of tokens of ${String(context)}.`,
    );
  }
  const states = net.graph.input('imageStates', ['branches', 1, width]);
  const flat = net.linear(states, 'proj', out);
  const dims = ['branches', out / context, context];
  const tokens = net.graph.node('Reshape', [flat, net.graph.integers([0, -1, context])], dims);
  return named(net, net.layerNorm(tokens, 'norm'));
}

function named(net: Net, tokens: Value): Value {
  return net.graph.node('Identity', [tokens], tokens.dims, { name: { exact: 'imageTokens' } });
}

/** The Perceiver resampler: a few learned queries read the picture's states, layer by layer. */
function resampled(net: Net): Value {
  const { graph } = net;
  const [, queries = 0, hidden = 0] = shapeOf(net, 'latents');
  const [, width = 0] = shapeOf(net, 'proj_in.weight');
  const states = graph.input('imageStates', ['branches', 'patches', width]);
  const seen = net.linear(states, 'proj_in', hidden);
  const table = net.tensor('latents', [1, queries, hidden]);
  const shape = graph.node(
    'Concat',
    [net.shapeOf(states, 0, 1), graph.integers([queries, hidden])],
    [3],
    { attributes: { axis: { int: 0 } } },
  );
  let latents = graph.node('Expand', [table, shape], ['branches', queries, hidden]);
  for (let index = 0; net.has(`layers.${String(index)}.0.to_q.weight`); index++) {
    const at = net.at(`layers.${String(index)}`);
    latents = net.add(latents, perceive(at.at('0'), seen, latents));
    const normal = at.layerNorm(latents, '1.0');
    const [inner = 0] = shapeOf(at, '1.1.weight');
    const h = at.gelu(at.linear(normal, '1.1', inner));
    latents = net.add(latents, at.linear(h, '1.3', hidden));
  }
  const [out = 0] = shapeOf(net, 'proj_out.weight');
  return named(net, net.layerNorm(net.linear(latents, 'proj_out', out), 'norm_out'));
}

function perceive(net: Net, states: Value, latents: Value): Value {
  const [inner = 0] = shapeOf(net, 'to_q.weight');
  const [hidden = 0] = shapeOf(net, 'to_out.weight');
  const own = net.layerNorm(latents, 'norm2');
  const all = net.concat([net.layerNorm(states, 'norm1'), own], 1);
  const q = net.linear(own, 'to_q', inner);
  const k = net.linear(all, 'to_kv', inner, { rows: { from: 0, to: inner, of: inner * 2 } });
  const v = net.linear(all, 'to_kv', inner, {
    rows: { from: inner, to: inner * 2, of: inner * 2 },
  });
  return net.linear(headAttention(net, [q, k, v], inner / HEAD_DIM), 'to_out', hidden);
}
