// Packed RGBA, red in the lowest byte, to planes [entries, 3, area] in low..high.

struct Params {
  count: u32,
  area: u32,
  low: f32,
  high: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pixels: array<u32>;
@group(0) @binding(2) var<storage, read_write> planes: array<elem>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.count) {
    return;
  }
  let pixel = pixels[index];
  let bytes = vec3<u32>(pixel & 255u, (pixel >> 8u) & 255u, (pixel >> 16u) & 255u);
  let values = params.low + vec3<f32>(bytes) * ((params.high - params.low) / 255.0);
  let at = index / params.area * params.area * 3u + index % params.area;
  planes[at] = elem(values.x);
  planes[at + params.area] = elem(values.y);
  planes[at + 2u * params.area] = elem(values.z);
}
