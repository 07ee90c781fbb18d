// output = a + mask * (b - a): a and b [entries, channels, area], mask [entries, 1, area].

struct Params {
  count: u32,
  area: u32,
  channels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<elem>;
@group(0) @binding(2) var<storage, read> b: array<elem>;
@group(0) @binding(3) var<storage, read> mask: array<elem>;
@group(0) @binding(4) var<storage, read_write> output: array<elem>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.count) {
    return;
  }
  let entry = index / (params.area * params.channels);
  let amount = f32(mask[entry * params.area + index % params.area]);
  let below = f32(a[index]);
  let above = f32(b[index]);
  // Exactly `b` at 1, not only nearly.
  output[index] = elem(select(below + amount * (above - below), above, amount == 1.0));
}
