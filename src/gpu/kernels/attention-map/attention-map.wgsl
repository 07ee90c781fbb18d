// How much each query attends to a few chosen keys: their shares of the softmax over all keys, averaged over the heads.
// One thread per query of one batch entry. Per head it passes over all keys once (running maximum and sum, so nothing is
// stored) and then looks at the chosen ones again.

struct Params {
  queries: u32,
  keys: u32,
  batch: u32,
  bank_entries: u32,
  heads: u32,
  head_dim: u32,
  chosen: u32,
  // Rows over batch x queries, half-open.
  row_from: u32,
  row_to: u32,
  logit_scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<elem>;
@group(0) @binding(2) var<storage, read> k: array<elem>;
@group(0) @binding(3) var<storage, read> chosen_keys: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

fn logit(q_at: u32, k_at: u32) -> f32 {
  var sum = 0.0;
  for (var dim = 0u; dim < params.head_dim; dim++) {
    sum += f32(q[q_at + dim]) * f32(k[k_at + dim]);
  }
  return sum * params.logit_scale;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let row = params.row_from + id.x + id.y * groups.x * 64u;
  if (row >= params.row_to) {
    return;
  }
  let channels = params.heads * params.head_dim;
  let entry = row / params.queries;
  let bank_at = (entry * params.bank_entries / params.batch) * params.keys * channels;
  let out_at = row * params.chosen;
  for (var i = 0u; i < params.chosen; i++) {
    output[out_at + i] = 0.0;
  }
  for (var head = 0u; head < params.heads; head++) {
    let q_at = row * channels + head * params.head_dim;
    let k_at = bank_at + head * params.head_dim;
    var most = logit(q_at, k_at);
    var sum = 1.0;
    for (var key = 1u; key < params.keys; key++) {
      let value = logit(q_at, k_at + key * channels);
      let next = max(most, value);
      sum = sum * exp(most - next) + exp(value - next);
      most = next;
    }
    for (var i = 0u; i < params.chosen; i++) {
      let value = logit(q_at, k_at + chosen_keys[i] * channels);
      output[out_at + i] += exp(value - most) / (sum * f32(params.heads));
    }
  }
}
