import type { Net } from '../onnx/net.ts';
import { floatTensor } from '../quantise/weight-coder.ts';
import type { Value } from '../onnx/proto.ts';
import type { ClipTower } from './clip-config.ts';

/** One CLIPEncoderLayer: pre-norm attention and feed-forward. `mask` is added to the logits. */
export function clipLayer(net: Net, x: Value, config: ClipTower, mask: Value | undefined): Value {
  const normal = net.layerNorm(x, 'layer_norm1', config.epsilon);
  const h = net.add(x, attention(net.at('self_attn'), normal, config, mask));
  const inner = net.linear(
    net.layerNorm(h, 'layer_norm2', config.epsilon),
    'mlp.fc1',
    config.inner,
  );
  const active = config.activation === 'gelu' ? net.gelu(inner) : net.quickGelu(inner);
  return net.add(h, net.linear(active, 'mlp.fc2', config.width));
}

/** Plain attention inside the graph: these towers run once per prompt or picture. */
function attention(net: Net, x: Value, config: ClipTower, mask: Value | undefined): Value {
  const { heads, width } = config;
  const headDim = width / heads;
  const [batch = 0, tokens = 0] = x.dims;
  const split = (value: Value, order: readonly number[]): Value => {
    const parts = net.graph.node(
      'Reshape',
      [value, net.graph.integers([0, 0, heads, headDim])],
      [batch, tokens, heads, headDim],
    );
    return net.transpose(parts, order);
  };
  const q = split(net.linear(x, 'q_proj', width), [0, 2, 1, 3]);
  const k = split(net.linear(x, 'k_proj', width), [0, 2, 3, 1]);
  const v = split(net.linear(x, 'v_proj', width), [0, 2, 1, 3]);
  const square = [batch, heads, tokens, tokens];
  const scale = net.graph.constant(
    floatTensor(`scale.${String(headDim)}`, [1], Float32Array.of(1 / Math.sqrt(headDim))),
  );
  const logits = net.graph.node('Mul', [net.graph.node('MatMul', [q, k], square), scale], square);
  const masked = mask === undefined ? logits : net.add(logits, mask);
  const weights = net.graph.node('Softmax', [masked], square, {
    attributes: { axis: { int: -1 } },
  });
  const mixed = net.transpose(net.graph.node('MatMul', [weights, v], q.dims), [0, 2, 1, 3]);
  const joined = net.graph.node('Reshape', [mixed, net.graph.integers([0, 0, width])], x.dims);
  return net.linear(joined, 'out_proj', width);
}
