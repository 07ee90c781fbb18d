// Each pixel's colour map times its weight: how much of the edit around it the fit explains, times the wished detail.

struct Params {
  width: u32,
  height: u32,
  radius: u32,
  detail: f32,
  floor_energy: f32,
  share_none: f32,
  share_full: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// Per pixel: nine numbers of the map, explained, residual, 0.
@group(0) @binding(1) var<storage, read> fits: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> gains: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.width * params.height) {
    return;
  }
  let x = index % params.width;
  let y = index / params.width;
  let left = x - min(x, params.radius);
  let top = y - min(y, params.radius);
  let right = min(params.width - 1u, x + params.radius);
  let bottom = min(params.height - 1u, y + params.radius);
  var sum = 0.0;
  for (var row = top; row <= bottom; row++) {
    for (var column = left; column <= right; column++) {
      sum += fits[(row * params.width + column) * 3u + 2u].z;
    }
  }
  let residual = sum / f32((right - left + 1u) * (bottom - top + 1u));
  let last = fits[index * 3u + 2u];
  let known = max(0.0, last.y) + params.floor_energy;
  let share = known / (known + max(0.0, residual));
  let t = clamp((share - params.share_none) / (params.share_full - params.share_none), 0.0, 1.0);
  let weight = params.detail * (t * t * (3.0 - 2.0 * t));
  gains[index * 3u] = weight * fits[index * 3u];
  gains[index * 3u + 1u] = weight * fits[index * 3u + 1u];
  gains[index * 3u + 2u] = vec4<f32>(weight * last.x, 0.0, 0.0, 0.0);
}
