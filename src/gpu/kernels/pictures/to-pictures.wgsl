// Planes [entries, 3, area] in low..high to packed RGBA, red in the lowest byte, alpha 255.

struct Params {
  count: u32,
  area: u32,
  low: f32,
  high: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> planes: array<elem>;
@group(0) @binding(2) var<storage, read_write> pixels: array<u32>;

fn byte_of(value: elem) -> u32 {
  let level = (f32(value) - params.low) / (params.high - params.low) * 255.0;
  return u32(floor(clamp(level, 0.0, 255.0) + 0.5));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.count) {
    return;
  }
  let at = index / params.area * params.area * 3u + index % params.area;
  let red = byte_of(planes[at]);
  let green = byte_of(planes[at + params.area]);
  let blue = byte_of(planes[at + 2u * params.area]);
  pixels[index] = red | (green << 8u) | (blue << 16u) | 0xff000000u;
}
