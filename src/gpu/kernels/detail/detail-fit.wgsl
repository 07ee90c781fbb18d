// Ridge regression of the edit's colours on the base's, per cell, from sums over a window of cells. In the wide form cells
// are blocks, the fit leans on one map for all, and goes away from it only as far as it explains the edit; the result is
// a grid of maps. In the near form cells are pixels (summed along rows already), the fit leans on that grid, and what it
// explains and what it leaves over at this pixel are kept as well. The arithmetic is that of colour-fit.ts.

struct Params {
  width: u32,
  height: u32,
  columns: u32,
  rows: u32,
  // Half sizes of the window: in cells of `sums`, and across in pixels as summed before (near form).
  radius_x: u32,
  radius_y: u32,
  summed_x: u32,
  block: u32,
  grid_columns: u32,
  grid_rows: u32,
  ridge: f32,
  floor_energy: f32,
  most_gain: f32,
  share_none: f32,
  share_full: f32,
}

override WIDE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> base: array<u32>;
@group(0) @binding(2) var<storage, read> edit: array<u32>;
@group(0) @binding(3) var<storage, read> sums: array<i32>;
// Nine numbers per map, row by row.
@group(0) @binding(4) var<storage, read> prior_maps: array<f32>;
// Wide: nine numbers per cell. Near: twelve, the last three being explained, residual, 0.
@group(0) @binding(5) var<storage, read_write> fits: array<f32>;

fn sum3(cell_from: vec2<u32>, cell_to: vec2<u32>, field: u32) -> vec3<f32> {
  var sum = vec3<i32>(0);
  for (var row = cell_from.y; row <= cell_to.y; row++) {
    for (var column = cell_from.x; column <= cell_to.x; column++) {
      let at = (row * params.columns + column) * 24u + field;
      sum += vec3<i32>(sums[at], sums[at + 1u], sums[at + 2u]);
    }
  }
  return vec3<f32>(sum);
}

fn prior_row(map: u32, row: u32) -> vec3<f32> {
  let at = map * 9u + row * 3u;
  return vec3<f32>(prior_maps[at], prior_maps[at + 1u], prior_maps[at + 2u]);
}

fn sampled_prior_row(place: vec2<u32>, row: u32) -> vec3<f32> {
  let last = vec2<f32>(f32(params.grid_columns - 1u), f32(params.grid_rows - 1u));
  let at = clamp((vec2<f32>(place) + 0.5) / f32(params.block) - 0.5, vec2<f32>(0.0), last);
  let first = vec2<u32>(at);
  let next = min(first + 1u, vec2<u32>(params.grid_columns - 1u, params.grid_rows - 1u));
  let share = at - floor(at);
  let a = prior_row(first.y * params.grid_columns + first.x, row);
  let b = prior_row(first.y * params.grid_columns + next.x, row);
  let c = prior_row(next.y * params.grid_columns + first.x, row);
  let d = prior_row(next.y * params.grid_columns + next.x, row);
  let above = a + share.x * (b - a);
  let below = c + share.x * (d - c);
  return above + share.y * (below - above);
}

fn colour_of(pixel: u32) -> vec3<f32> {
  return vec3<f32>(vec3<u32>(pixel & 255u, (pixel >> 8u) & 255u, (pixel >> 16u) & 255u)) - 128.0;
}

fn trust_of(explained: f32, residual: f32) -> f32 {
  let known = max(0.0, explained) + params.floor_energy;
  let share = known / (known + max(0.0, residual));
  let t = clamp((share - params.share_none) / (params.share_full - params.share_none), 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let cell = id.x + id.y * groups.x * 64u;
  if (cell >= params.columns * params.rows) {
    return;
  }
  let place = vec2<u32>(cell % params.columns, cell / params.columns);
  let radius = vec2<u32>(params.radius_x, params.radius_y);
  let cell_from = place - min(place, radius);
  let cell_to = min(place + radius, vec2<u32>(params.columns - 1u, params.rows - 1u));
  var pixels = vec2<u32>(0u);
  if (WIDE) {
    let size = vec2<u32>(params.width, params.height);
    pixels = min((cell_to + 1u) * params.block, size) - cell_from * params.block;
  } else {
    let left = place.x - min(place.x, params.summed_x);
    let right = min(place.x + params.summed_x, params.width - 1u);
    pixels = vec2<u32>(right - left + 1u, cell_to.y - cell_from.y + 1u);
  }
  let scale = 1.0 / f32(pixels.x * pixels.y);
  let mean_x = sum3(cell_from, cell_to, 0u) * scale;
  let mean_y = sum3(cell_from, cell_to, 3u) * scale;
  let c0 = sum3(cell_from, cell_to, 6u) * scale - mean_x * mean_x.x;
  let rest = sum3(cell_from, cell_to, 9u) * scale
    - vec3<f32>(mean_x.y * mean_x.y, mean_x.y * mean_x.z, mean_x.z * mean_x.z);
  let c1 = vec3<f32>(c0.y, rest.x, rest.y);
  let c2 = vec3<f32>(c0.z, rest.y, rest.z);
  let variance_y = sum3(cell_from, cell_to, 21u) * scale - mean_y * mean_y;

  let r00 = c0.x + params.ridge;
  let r11 = c1.y + params.ridge;
  let r22 = c2.z + params.ridge;
  let k0 = vec3<f32>(r11 * r22 - c1.z * c1.z, c0.z * c1.z - c0.y * r22, c0.y * c1.z - c0.z * r11);
  let by_determinant = 1.0 / (r00 * k0.x + c0.y * k0.y + c0.z * k0.z);
  let i0 = k0 * by_determinant;
  let i12 = (c0.y * c0.z - r00 * c1.z) * by_determinant;
  let i1 = vec3<f32>(i0.y, (r00 * r22 - c0.z * c0.z) * by_determinant, i12);
  let i2 = vec3<f32>(i0.z, i12, (r00 * r11 - c0.y * c0.y) * by_determinant);

  var rows = array<vec3<f32>, 3>();
  var priors = array<vec3<f32>, 3>();
  var explained = 0.0;
  var residual = 0.0;
  for (var row = 0u; row < 3u; row++) {
    let cross = sum3(cell_from, cell_to, 12u + row * 3u) * scale - mean_x * mean_y[row];
    var prior = vec3<f32>(0.0);
    if (WIDE) {
      prior = prior_row(0u, row);
    } else {
      prior = sampled_prior_row(place, row);
    }
    let away = cross - vec3<f32>(dot(prior, c0), dot(prior, c1), dot(prior, c2));
    let gain = prior + vec3<f32>(dot(away, i0), dot(away, i1), dot(away, i2));
    let bounded = clamp(gain, vec3<f32>(-params.most_gain), vec3<f32>(params.most_gain));
    let own = dot(bounded, vec3<f32>(dot(bounded, c0), dot(bounded, c1), dot(bounded, c2)));
    explained += own;
    residual += max(0.0, variance_y[row] - 2.0 * dot(bounded, cross) + own);
    rows[row] = bounded;
    priors[row] = prior;
  }

  if (WIDE) {
    let trust = trust_of(explained, residual);
    for (var row = 0u; row < 3u; row++) {
      let map = priors[row] + trust * (rows[row] - priors[row]);
      let at = cell * 9u + row * 3u;
      fits[at] = map.x;
      fits[at + 1u] = map.y;
      fits[at + 2u] = map.z;
    }
    return;
  }
  let x = colour_of(base[cell]) - mean_x;
  let y = colour_of(edit[cell]) - mean_y;
  let left_over = y - vec3<f32>(dot(rows[0], x), dot(rows[1], x), dot(rows[2], x));
  for (var row = 0u; row < 3u; row++) {
    let at = cell * 12u + row * 3u;
    fits[at] = rows[row].x;
    fits[at + 1u] = rows[row].y;
    fits[at + 2u] = rows[row].z;
  }
  fits[cell * 12u + 9u] = explained;
  fits[cell * 12u + 10u] = dot(left_over, left_over);
  fits[cell * 12u + 11u] = 0.0;
}
