// First stage: each workgroup takes up to SPAN values of one entry and leaves their (count, mean, sum of squared
// differences from that mean). Differences, not squares, so that a large mean does not swallow a small spread.

struct Params {
  per_entry: u32,
  parts: u32,
}

override SPAN: u32 = 4096;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<elem>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4<f32>>;

var<workgroup> shares: array<vec4<f32>, 64>;

// Chan, Golub and LeVeque: joins two groups' moments.
fn join(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  let count = a.x + b.x;
  if (count == 0.0) {
    return vec4<f32>(0.0);
  }
  let delta = b.y - a.y;
  let part = b.x / count;
  return vec4<f32>(count, a.y + delta * part, a.z + b.z + delta * delta * a.x * part, 0.0);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let entry = group.y;
  let begin = group.x * SPAN;
  let end = min(params.per_entry, begin + SPAN);
  var count = 0.0;
  var mean = 0.0;
  var squares = 0.0;
  for (var at = begin + local; at < end; at += 64u) {
    let value = f32(input[entry * params.per_entry + at]);
    count += 1.0;
    let delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  shares[local] = vec4<f32>(count, mean, squares, 0.0);
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      shares[local] = join(shares[local], shares[local + half]);
    }
  }
  if (local == 0u) {
    parts[entry * params.parts + group.x] = shares[0];
  }
}
