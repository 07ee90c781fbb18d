import type { AttentionMapSizes } from './attention-map.ts';

/** The map by its definition, in float64. The oracle of the tests. */
export function attentionMapReference(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  { batch, queries, entries, keys, heads, headDim, chosen }: AttentionMapSizes,
): Float64Array {
  const channels = heads * headDim;
  const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const rows = indices(batch * queries).map((row) => {
    const bank = Math.floor((Math.floor(row / queries) * entries) / batch) * keys;
    const perHead = indices(heads).map((head) => {
      const logits = indices(keys).map((key) =>
        indices(headDim).reduce((sum, dim) => {
          const a = q[row * channels + head * headDim + dim] ?? Number.NaN;
          const b = k[(bank + key) * channels + head * headDim + dim] ?? Number.NaN;
          return sum + (a * b) / Math.sqrt(headDim);
        }, 0),
      );
      const most = Math.max(...logits);
      const weights = logits.map((logit) => Math.exp(logit - most));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return chosen.map((key) => (weights[key] ?? Number.NaN) / total);
    });
    return chosen.map((_, i) => perHead.reduce((sum, head) => sum + (head[i] ?? 0), 0) / heads);
  });
  return Float64Array.from(rows.flat());
}
