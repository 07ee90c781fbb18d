import { must } from '../../base/assert.ts';
import { GraphSeries, type GraphPlan } from '../onnx/graph-series.ts';
import { Net } from '../onnx/net.ts';
import type { AttentionSite } from '../manifest.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';

export type ContextPlan = {
  readonly graph: GraphPlan;
  readonly sites: Readonly<Record<string, { readonly k: string; readonly v: string }>>;
};

/**
 * Keys and values of every cross-attention site, from `context` [branches, textTokens, width]: run once per prompt.
 */
export function planContext(
  sites: readonly AttentionSite[],
  width: number,
  weights: Weights,
  coder: WeightCoder,
): ContextPlan {
  const graph = new GraphSeries();
  const net = new Net(graph, weights, coder);
  const context = graph.input('context', ['branches', 'textTokens', width]);
  const made: Record<string, { k: string; v: string }> = {};
  sites
    .filter((site) => site.kind === 'cross')
    .forEach((site, index) => {
      const channels = site.heads * site.headDim;
      const at = net.at(site.path);
      const k = at.linear(context, 'to_k', channels, { name: { exact: `c.${String(index)}.k` } });
      const v = at.linear(context, 'to_v', channels, { name: { exact: `c.${String(index)}.v` } });
      graph.output(k, v);
      made[site.path] = { k: k.name, v: v.name };
    });
  return { graph: must(graph.finish()[0], 'graph'), sites: made };
}
