// Attention over one bank of one path, with online softmax: no score leaves the workgroup.
// A workgroup of TX x TY threads takes 4 * TY query rows of one head of one batch entry. Thread (tx, ty) has the four rows
// ty * 4 + 0..3 throughout, held as the components of a vec4 where a number per row is meant. For scores it takes the keys
// tx + TX * 0..3 of a tile of 4 * TX; for the weighted sum of values it takes the vec4s tx + TX * n of the head.
// Register blocks of 4 x 4 are what makes it fast: four loads feed 16 products.
// The threads of one row group join their shares by `group_max` and `group_sum`, which reduce-*.wgsl defines.

struct Params {
  queries: u32,
  keys: u32,
  batch: u32,
  bank_entries: u32,
  heads: u32,
  query_from: u32,
  query_to: u32,
  // 1: start the softmax (otherwise go on from the state). 2: finish it into the output (otherwise keep the state).
  // 4: add to the output. 8: key weights. 16: query mask.
  flags: u32,
  logit_scale: f32,
  path_scale: f32,
  // What of the call this dispatch does, beside the rows: the entries and heads from here on, the keys in [from, to).
  entry_from: u32,
  head_from: u32,
  key_from: u32,
  key_to: u32,
}

const BEGIN = 1u;
const FINISH = 2u;
const ADD = 4u;
const WEIGHTED = 8u;
const MASKED = 16u;

// Far below any logit, and finite: infinities may be assumed away by a shader compiler.
const LOWEST = -3.0e38;

override TX: u32 = 8;
override TY: u32 = 8;
override ROWS: u32 = 4 * TY;
override TILE: u32 = 4 * TX;
override HEAD_VEC4S: u32 = 16;
override CHUNKS: u32 = (HEAD_VEC4S + TX - 1) / TX;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4<elem>>;
@group(0) @binding(2) var<storage, read> k: array<vec4<elem>>;
@group(0) @binding(3) var<storage, read> v: array<vec4<elem>>;
@group(0) @binding(4) var<storage, read> key_counts: array<u32>;
@group(0) @binding(5) var<storage, read> key_weights: array<f32>;
@group(0) @binding(6) var<storage, read> query_mask: array<f32>;
@group(0) @binding(7) var<storage, read_write> output: array<vec4<elem>>;
// Per entry, head and query: HEAD_VEC4S vec4s of unnormalised sums, then (maximum, sum of weights, 0, 0).
@group(0) @binding(8) var<storage, read_write> state: array<vec4<f32>>;

// One vec4 per key and group of four rows: the weights of that key for these rows.
var<workgroup> weights: array<vec4<f32>, TY * TILE>;
var<workgroup> active_rows: atomic<u32>;

fn scores_of(q0: vec4<f32>, q1: vec4<f32>, q2: vec4<f32>, q3: vec4<f32>, key: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(dot(q0, key), dot(q1, key), dot(q2, key), dot(q3, key));
}

fn bias_of(entry: u32, key: u32, count: u32) -> f32 {
  if (key >= count) {
    return LOWEST;
  }
  if ((params.flags & WEIGHTED) == 0u) {
    return 0.0;
  }
  let weight = key_weights[entry * params.keys + key];
  return select(LOWEST, log(max(weight, 1.0e-37)), weight > 0.0);
}

@compute @workgroup_size(TX * TY)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let tx = local % TX;
  let ty = local / TX;
  let entry = params.entry_from + group.z;
  let head = params.head_from + group.y;
  let first_row = params.query_from + group.x * ROWS + ty * 4u;
  let rows = vec4<u32>(first_row, first_row + 1u, first_row + 2u, first_row + 3u);
  let last_row = params.query_to - 1u;
  // Rows past the end compute on the last row's data and are not written.
  let safe_rows = min(rows, vec4<u32>(last_row));

  var live = rows <= vec4<u32>(last_row);
  if ((params.flags & MASKED) != 0u) {
    let mask_base = entry * params.queries;
    live = live & vec4<bool>(
      query_mask[mask_base + safe_rows.x] != 0.0,
      query_mask[mask_base + safe_rows.y] != 0.0,
      query_mask[mask_base + safe_rows.z] != 0.0,
      query_mask[mask_base + safe_rows.w] != 0.0,
    );
    if (any(live)) {
      atomicStore(&active_rows, 1u);
    }
  } else {
    atomicStore(&active_rows, 1u);
  }
  let is_any_active = workgroupUniformLoad(&active_rows) != 0u;

  let stride = params.heads * HEAD_VEC4S;
  let head_base = head * HEAD_VEC4S;
  let bank_entry = entry * params.bank_entries / params.batch;
  let bank_base = bank_entry * params.keys * stride + head_base;
  let q_base = entry * params.queries * stride + head_base;
  let q_at = vec4<u32>(q_base) + safe_rows * stride;
  let state_stride = HEAD_VEC4S + 1u;
  let state_base = (entry * params.heads + head) * params.queries;
  let state_at = (vec4<u32>(state_base) + safe_rows) * state_stride;
  var count = 0u;
  if (is_any_active) {
    count = min(key_counts[entry], params.key_to);
  }

  // 20 = the most chunks (5, at 160 numbers a head and TX 8) times four rows.
  var acc: array<vec4<f32>, 20>;
  var row_max = vec4<f32>(LOWEST);
  // This thread's share of the sum of weights; the shares are added at the end.
  var row_sum = vec4<f32>(0.0);
  if ((params.flags & BEGIN) == 0u) {
    let m = HEAD_VEC4S;
    let s0 = state[state_at.x + m];
    let s1 = state[state_at.y + m];
    let s2 = state[state_at.z + m];
    let s3 = state[state_at.w + m];
    row_max = vec4<f32>(s0.x, s1.x, s2.x, s3.x);
    if (tx == 0u) {
      row_sum = vec4<f32>(s0.y, s1.y, s2.y, s3.y);
    }
    for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      let dim = chunk * TX + tx;
      if (dim < HEAD_VEC4S) {
        acc[chunk * 4u] = state[state_at.x + dim];
        acc[chunk * 4u + 1u] = state[state_at.y + dim];
        acc[chunk * 4u + 2u] = state[state_at.z + dim];
        acc[chunk * 4u + 3u] = state[state_at.w + dim];
      }
    }
  }

  for (var tile = params.key_from; tile < count; tile += TILE) {
    let key0 = tile + tx;
    let last_key = count - 1u;
    let k_at = vec4<u32>(bank_base)
      + min(vec4<u32>(key0, key0 + TX, key0 + 2u * TX, key0 + 3u * TX), vec4<u32>(last_key)) * stride;
    var s0 = vec4<f32>(0.0);
    var s1 = vec4<f32>(0.0);
    var s2 = vec4<f32>(0.0);
    var s3 = vec4<f32>(0.0);
    let tile_keys = min(TILE, count - tile);
    // A short last tile (77 tokens of text leave 13) has only two keys per thread.
    if (tile_keys > TILE / 2u) {
      for (var dim = 0u; dim < HEAD_VEC4S; dim++) {
        let q0 = vec4<f32>(q[q_at.x + dim]);
        let q1 = vec4<f32>(q[q_at.y + dim]);
        let q2 = vec4<f32>(q[q_at.z + dim]);
        let q3 = vec4<f32>(q[q_at.w + dim]);
        s0 += scores_of(q0, q1, q2, q3, vec4<f32>(k[k_at.x + dim]));
        s1 += scores_of(q0, q1, q2, q3, vec4<f32>(k[k_at.y + dim]));
        s2 += scores_of(q0, q1, q2, q3, vec4<f32>(k[k_at.z + dim]));
        s3 += scores_of(q0, q1, q2, q3, vec4<f32>(k[k_at.w + dim]));
      }
    } else {
      for (var dim = 0u; dim < HEAD_VEC4S; dim++) {
        let q0 = vec4<f32>(q[q_at.x + dim]);
        let q1 = vec4<f32>(q[q_at.y + dim]);
        let q2 = vec4<f32>(q[q_at.z + dim]);
        let q3 = vec4<f32>(q[q_at.w + dim]);
        s0 += scores_of(q0, q1, q2, q3, vec4<f32>(k[k_at.x + dim]));
        s1 += scores_of(q0, q1, q2, q3, vec4<f32>(k[k_at.y + dim]));
      }
    }
    let b0 = bias_of(bank_entry, key0, count);
    let b1 = bias_of(bank_entry, key0 + TX, count);
    let b2 = bias_of(bank_entry, key0 + 2u * TX, count);
    let b3 = bias_of(bank_entry, key0 + 3u * TX, count);
    s0 = select(vec4<f32>(LOWEST), s0 * params.logit_scale + b0, b0 > LOWEST);
    s1 = select(vec4<f32>(LOWEST), s1 * params.logit_scale + b1, b1 > LOWEST);
    s2 = select(vec4<f32>(LOWEST), s2 * params.logit_scale + b2, b2 > LOWEST);
    s3 = select(vec4<f32>(LOWEST), s3 * params.logit_scale + b3, b3 > LOWEST);

    let new_max = max(row_max, group_max(local, max(max(s0, s1), max(s2, s3))));
    let fade = exp(row_max - new_max);
    row_max = new_max;
    let p0 = select(vec4<f32>(0.0), exp(s0 - new_max), b0 > LOWEST);
    let p1 = select(vec4<f32>(0.0), exp(s1 - new_max), b1 > LOWEST);
    let p2 = select(vec4<f32>(0.0), exp(s2 - new_max), b2 > LOWEST);
    let p3 = select(vec4<f32>(0.0), exp(s3 - new_max), b3 > LOWEST);
    row_sum = row_sum * fade + ((p0 + p1) + (p2 + p3));
    let weights_base = ty * TILE;
    weights[weights_base + tx] = p0;
    weights[weights_base + tx + TX] = p1;
    weights[weights_base + tx + 2u * TX] = p2;
    weights[weights_base + tx + 3u * TX] = p3;
    workgroupBarrier();

    for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      let dim = chunk * TX + tx;
      if (dim < HEAD_VEC4S) {
        var a0 = acc[chunk * 4u] * fade.x;
        var a1 = acc[chunk * 4u + 1u] * fade.y;
        var a2 = acc[chunk * 4u + 2u] * fade.z;
        var a3 = acc[chunk * 4u + 3u] * fade.w;
        var v_at = bank_base + tile * stride + dim;
        for (var key = 0u; key < tile_keys; key++) {
          let p = weights[weights_base + key];
          let value = vec4<f32>(v[v_at]);
          a0 += p.x * value;
          a1 += p.y * value;
          a2 += p.z * value;
          a3 += p.w * value;
          v_at += stride;
        }
        acc[chunk * 4u] = a0;
        acc[chunk * 4u + 1u] = a1;
        acc[chunk * 4u + 2u] = a2;
        acc[chunk * 4u + 3u] = a3;
      }
    }
    // The next tile writes `weights` only after the barrier in its `group_max`, which waits for these reads.
  }

  workgroupBarrier();
  let sum = group_sum(local, row_sum);

  let in_range = rows <= vec4<u32>(last_row);
  if ((params.flags & FINISH) == 0u) {
    for (var row = 0u; row < 4u; row++) {
      if (in_range[row]) {
        for (var chunk = 0u; chunk < CHUNKS; chunk++) {
          let dim = chunk * TX + tx;
          if (dim < HEAD_VEC4S) {
            state[state_at[row] + dim] = acc[chunk * 4u + row];
          }
        }
        if (tx == 0u) {
          state[state_at[row] + HEAD_VEC4S] = vec4<f32>(row_max[row], sum[row], 0.0, 0.0);
        }
      }
    }
    return;
  }

  // No key at all gives 0, and so does a masked row.
  let has_result = live & (sum > vec4<f32>(0.0));
  let scale = select(vec4<f32>(0.0), vec4<f32>(params.path_scale) / sum, has_result);
  for (var row = 0u; row < 4u; row++) {
    if (in_range[row]) {
      for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        let dim = chunk * TX + tx;
        if (dim < HEAD_VEC4S) {
          let at = q_at[row] + dim;
          var result = acc[chunk * 4u + row] * scale[row];
          if ((params.flags & ADD) != 0u) {
            result += vec4<f32>(output[at]);
          }
          output[at] = vec4<elem>(result);
        }
      }
    }
  }
}
