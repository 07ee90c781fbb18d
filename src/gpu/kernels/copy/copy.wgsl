// Copies blocks of `inner` elements: block b goes from input_offset + b * input_stride to
// output_offset + b * output_stride. With `elem` u32 any 4-byte type moves bit by bit.

struct Params {
  blocks: u32,
  inner: u32,
  input_stride: u32,
  output_stride: u32,
  input_offset: u32,
  output_offset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<elem>;
@group(0) @binding(2) var<storage, read_write> output: array<elem>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.blocks * params.inner) {
    return;
  }
  let block = index / params.inner;
  let within = index % params.inner;
  output[params.output_offset + block * params.output_stride + within] =
    input[params.input_offset + block * params.input_stride + within];
}
