import { channelsOf, type Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';
import { floatTensor } from '../quantise/weight-coder.ts';

/**
 * softmax(q kᵀ / sqrt(headDim) + mask) v inside a graph, for networks that run once per prompt or picture. Each of q, k, v
 * is [batch, tokens, channels]; so is the result. MatMul and Softmax, because the fused operator is wrong on some GPUs.
 */
export function headAttention(
  net: Net,
  [q, k, v]: readonly [Value, Value, Value],
  heads: number,
  mask?: Value,
): Value {
  const { graph } = net;
  const width = channelsOf(q, -1);
  const headDim = width / heads;
  const [batch = 0, queries = 0] = q.dims;
  const keys = k.dims[1] ?? 0;
  const split = (value: Value, order: readonly number[]): Value => {
    const dims = [batch, value.dims[1] ?? 0, heads, headDim];
    return net.transpose(
      graph.node('Reshape', [value, graph.integers([0, -1, heads, headDim])], dims),
      order,
    );
  };
  const scale = graph.constant(
    floatTensor(`scale.${String(headDim)}`, [1], Float32Array.of(1 / Math.sqrt(headDim))),
  );
  const rows = graph.node('Mul', [split(q, [0, 2, 1, 3]), scale], [batch, heads, queries, headDim]);
  const square = [batch, heads, queries, keys];
  const logits = graph.node('MatMul', [rows, split(k, [0, 2, 3, 1])], square);
  const masked = mask === undefined ? logits : net.add(logits, mask);
  const weights = graph.node('Softmax', [masked], square, { attributes: { axis: { int: -1 } } });
  const mixed = graph.node(
    'MatMul',
    [weights, split(v, [0, 2, 1, 3])],
    [batch, heads, queries, headDim],
  );
  const joined = net.transpose(mixed, [0, 2, 1, 3]);
  return graph.node('Reshape', [joined, graph.integers([0, -1, width])], q.dims);
}
