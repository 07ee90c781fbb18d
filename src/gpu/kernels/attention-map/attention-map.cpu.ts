import { checkMapSizes, type AttentionMapSizes } from './attention-map.ts';

/** The map on typed arrays, float32 [batch, queries, chosen.length]; arguments as `recordAttentionMap` has them. */
export function attentionMap(
  q: Float32Array,
  k: Float32Array,
  sizes: AttentionMapSizes,
): Float32Array<ArrayBuffer> {
  checkMapSizes(sizes);
  const { batch, queries, entries, keys, heads, headDim, chosen } = sizes;
  const channels = heads * headDim;
  const scale = 1 / Math.sqrt(headDim);
  const output = new Float32Array(batch * queries * chosen.length);
  const logits = new Float32Array(keys);
  for (let row = 0; row < batch * queries; row++) {
    const bank = Math.floor((Math.floor(row / queries) * entries) / batch) * keys * channels;
    for (let head = 0; head < heads; head++) {
      const from = row * channels + head * headDim;
      let most = Number.NEGATIVE_INFINITY;
      for (let key = 0; key < keys; key++) {
        const at = bank + key * channels + head * headDim;
        let sum = 0;
        for (let dim = 0; dim < headDim; dim++) {
          sum += (q[from + dim] as number) * (k[at + dim] as number);
        }
        logits[key] = sum * scale;
        most = Math.max(most, sum * scale);
      }
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
      chosen.forEach((key, i) => {
        const at = row * chosen.length + i;
        const share = Math.exp((logits[key] as number) - most) / total;
        output[at] = (output[at] as number) + share / heads;
      });
    }
  }
  return output;
}
