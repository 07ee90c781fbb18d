/** One bank in the oracle's terms: plain arrays in the layouts of `AttentionBank`. */
export type ReferenceBank = {
  readonly k: ArrayLike<number>;
  readonly v: ArrayLike<number>;
  readonly entries: number;
  readonly keys: number;
  readonly keyCounts?: readonly number[];
  readonly keyWeights?: ArrayLike<number>;
};

export type ReferenceCall = {
  readonly q: ArrayLike<number>;
  readonly batch: number;
  readonly queries: number;
  readonly heads: number;
  readonly headDim: number;
  readonly paths: readonly { readonly scale: number; readonly banks: readonly ReferenceBank[] }[];
  readonly queryMask?: ArrayLike<number>;
};

type Logit = { readonly logit: number; readonly values: ArrayLike<number>; readonly at: number };

/** Attention by its definition, in float64, all logits of a row at once. The oracle of the tests. */
export function attentionReference(call: ReferenceCall): Float64Array {
  const { batch, queries, heads, headDim } = call;
  const output = new Float64Array(batch * queries * heads * headDim);
  for (let entry = 0; entry < batch; entry++) {
    for (let row = 0; row < queries; row++) {
      if (call.queryMask !== undefined && call.queryMask[entry * queries + row] === 0) {
        continue;
      }
      for (let head = 0; head < heads; head++) {
        const at = ((entry * queries + row) * heads + head) * headDim;
        for (const path of call.paths) {
          const logits = path.banks.flatMap((bank) => logitsOf(call, bank, { entry, head, at }));
          addWeighted(output.subarray(at, at + headDim), logits, path.scale);
        }
      }
    }
  }
  return output;
}

function logitsOf(
  call: ReferenceCall,
  bank: ReferenceBank,
  place: { entry: number; head: number; at: number },
): Logit[] {
  const { heads, headDim, batch, q } = call;
  const bankEntry = Math.floor((place.entry * bank.entries) / batch);
  const count = bank.keyCounts?.[place.entry] ?? bank.keys;
  const logits: Logit[] = [];
  for (let key = 0; key < count; key++) {
    const weight = bank.keyWeights?.[bankEntry * bank.keys + key] ?? 1;
    if (weight <= 0) {
      continue;
    }
    const at = ((bankEntry * bank.keys + key) * heads + place.head) * headDim;
    let dot = 0;
    for (let d = 0; d < headDim; d++) {
      dot += (q[place.at + d] ?? Number.NaN) * (bank.k[at + d] ?? Number.NaN);
    }
    logits.push({ logit: dot / Math.sqrt(headDim) + Math.log(weight), values: bank.v, at });
  }
  return logits;
}

function addWeighted(output: Float64Array, logits: readonly Logit[], scale: number): void {
  const most = logits.reduce((max, { logit }) => Math.max(max, logit), Number.NEGATIVE_INFINITY);
  const weights = logits.map(({ logit }) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  logits.forEach(({ values, at }, index) => {
    const share = ((weights[index] ?? Number.NaN) / sum) * scale;
    for (let d = 0; d < output.length; d++) {
      output[d] = (output[d] ?? 0) + share * (values[at + d] ?? Number.NaN);
    }
  });
}
