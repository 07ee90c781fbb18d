import type { Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';
import type { ClipTower } from './clip-config.ts';
import { headAttention } from './head-attention.ts';

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

function attention(net: Net, x: Value, config: ClipTower, mask: Value | undefined): Value {
  const { heads, width } = config;
  const q = net.linear(x, 'q_proj', width);
  const k = net.linear(x, 'k_proj', width);
  const v = net.linear(x, 'v_proj', width);
  return net.linear(headAttention(net, [q, k, v], heads, mask), 'out_proj', width);
}
