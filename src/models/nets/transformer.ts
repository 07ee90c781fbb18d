import { channelsOf, type Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';

/** Ends the graph in work at an attention and returns the attention's result in the next one. */
export type SiteMaker = (call: {
  readonly path: string;
  readonly kind: 'self' | 'cross' | 'temporal';
  readonly level: number;
  readonly heads: number;
  readonly q: Value;
  readonly k?: Value;
  readonly v?: Value;
}) => Value;

export type TransformerOptions = {
  readonly level: number;
  readonly heads: number;
  readonly blocks: number;
  readonly groups: number;
  /** proj_in and proj_out are stored as 1x1 convolutions; the arithmetic is the same. */
  readonly pointwise: boolean;
  readonly site: SiteMaker;
};

/** GroupNorm in front of a transformer has an epsilon of its own in diffusers' Transformer2DModel. */
const NORM_EPSILON = 1e-6;

/** diffusers' Transformer2DModel over [frames, channels, height, width], its residual included. */
export function transformer(net: Net, x: Value, options: TransformerOptions): Value {
  const channels = channelsOf(x, 1);
  const tokens = `tokens_${String(options.level)}`;
  const { pointwise } = options;
  const normal = net.groupNorm(x, 'norm', options.groups, NORM_EPSILON);
  let h = net.linear(net.toTokens(normal, tokens), 'proj_in', channels, {
    pointwise,
    name: { hint: 'h' },
  });
  for (let index = 0; index < options.blocks; index++) {
    h = block(net.at(`transformer_blocks.${String(index)}`), h, options);
  }
  return net.add(x, net.fromTokens(net.linear(h, 'proj_out', channels, { pointwise }), x), {
    hint: 'outer',
  });
}

/** BasicTransformerBlock: self-attention, cross-attention, gated feed-forward, each with its residual. */
function block(net: Net, x: Value, { level, heads, site }: TransformerOptions): Value {
  const channels = channelsOf(x, -1);
  const self = net.layerNorm(x, 'norm1');
  const selfPath = `${net.prefix}attn1`;
  const own = site({
    path: selfPath,
    kind: 'self',
    level,
    heads,
    q: net.linear(self, 'attn1.to_q', channels, { name: { hint: 'q' } }),
    k: net.linear(self, 'attn1.to_k', channels, { name: { hint: 'k' } }),
    v: net.linear(self, 'attn1.to_v', channels, { name: { hint: 'v' } }),
  });
  let h = net.add(x, net.linear(own, 'attn1.to_out.0', channels), { hint: 'h' });
  const q = net.linear(net.layerNorm(h, 'norm2'), 'attn2.to_q', channels, { name: { hint: 'q' } });
  const text = site({ path: `${net.prefix}attn2`, kind: 'cross', level, heads, q });
  h = net.add(h, net.linear(text, 'attn2.to_out.0', channels), { hint: 'h' });
  return net.add(h, feedForward(net, net.layerNorm(h, 'norm3'), channels), { hint: 'h' });
}

/** FeedForward with GEGLU: the first half of the rows is the value, the second the gate. */
export function feedForward(net: Net, x: Value, channels: number): Value {
  const inner = channels * 4;
  const value = net.linear(x, 'ff.net.0.proj', inner, {
    rows: { from: 0, to: inner, of: inner * 2 },
  });
  const gate = net.gelu(
    net.linear(x, 'ff.net.0.proj', inner, { rows: { from: inner, to: inner * 2, of: inner * 2 } }),
  );
  return net.linear(net.mul(value, gate), 'ff.net.2', channels);
}
