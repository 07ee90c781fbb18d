// Second stage: one invocation per entry joins the parts of the first into (mean, population standard deviation).

struct Params {
  entries: u32,
  parts: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec2<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let entry = id.x;
  if (entry >= params.entries) {
    return;
  }
  var count = 0.0;
  var mean = 0.0;
  var squares = 0.0;
  for (var part = 0u; part < params.parts; part++) {
    let next = parts[entry * params.parts + part];
    let total = count + next.x;
    let delta = next.y - mean;
    let share = next.x / total;
    squares += next.z + delta * delta * count * share;
    mean += delta * share;
    count = total;
  }
  output[entry] = vec2<f32>(mean, sqrt(squares / count));
}
