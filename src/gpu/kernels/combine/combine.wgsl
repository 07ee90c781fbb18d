// output = sum of scale * term over up to four terms, one scale per term and entry.

struct Params {
  count: u32,
  per_entry: u32,
  terms: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// Per entry: the scales of the four terms.
@group(0) @binding(1) var<storage, read> scales: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> term0: array<elem>;
@group(0) @binding(3) var<storage, read> term1: array<elem>;
@group(0) @binding(4) var<storage, read> term2: array<elem>;
@group(0) @binding(5) var<storage, read> term3: array<elem>;
@group(0) @binding(6) var<storage, read_write> output: array<elem>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.count) {
    return;
  }
  let scale = scales[index / params.per_entry];
  var sum = scale.x * f32(term0[index]);
  if (params.terms > 1u) {
    sum += scale.y * f32(term1[index]);
  }
  if (params.terms > 2u) {
    sum += scale.z * f32(term2[index]);
  }
  if (params.terms > 3u) {
    sum += scale.w * f32(term3[index]);
  }
  output[index] = elem(sum);
}
