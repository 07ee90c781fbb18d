// Blurs the weighted maps by 1 4 6 4 1 both ways, edges repeated, and adds the offsets that make each map give the edit's
// colour at its own pixel.

struct Params {
  width: u32,
  height: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> base: array<u32>;
@group(0) @binding(2) var<storage, read> edit: array<u32>;
@group(0) @binding(3) var<storage, read> gains: array<vec4<f32>>;
// Per pixel three rows: map (3), offset.
@group(0) @binding(4) var<storage, read_write> map: array<vec4<f32>>;

fn colour_of(pixel: u32) -> vec3<f32> {
  return vec3<f32>(vec3<u32>(pixel & 255u, (pixel >> 8u) & 255u, (pixel >> 16u) & 255u));
}

fn near_index(at: u32, offset: u32, size: u32) -> u32 {
  return u32(clamp(i32(at + offset) - 2, 0, i32(size) - 1));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.width * params.height) {
    return;
  }
  let x = index % params.width;
  let y = index / params.width;
  var taps = array<f32, 5>(0.0625, 0.25, 0.375, 0.25, 0.0625);
  var a = vec4<f32>(0.0);
  var b = vec4<f32>(0.0);
  var c = vec4<f32>(0.0);
  for (var row = 0u; row < 5u; row++) {
    let line = near_index(y, row, params.height) * params.width;
    for (var column = 0u; column < 5u; column++) {
      let at = (line + near_index(x, column, params.width)) * 3u;
      let weight = taps[row] * taps[column];
      a += weight * gains[at];
      b += weight * gains[at + 1u];
      c += weight * gains[at + 2u];
    }
  }
  let red = a.xyz;
  let green = vec3<f32>(a.w, b.xy);
  let blue = vec3<f32>(b.zw, c.x);
  let known = colour_of(base[index]);
  let offset = colour_of(edit[index]) - vec3<f32>(dot(red, known), dot(green, known), dot(blue, known));
  map[index * 3u] = vec4<f32>(red, offset.x);
  map[index * 3u + 1u] = vec4<f32>(green, offset.y);
  map[index * 3u + 2u] = vec4<f32>(blue, offset.z);
}
