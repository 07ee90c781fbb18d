// Sums of products of two pictures' colours over a rectangle of pixels per cell, cut at the picture's edges. Cell (x, y)
// covers pixels x * step - before .. x * step + after, and the same down. Integers around the middle grey: exact.

struct Params {
  width: u32,
  height: u32,
  columns: u32,
  rows: u32,
  step: u32,
  before_x: u32,
  after_x: u32,
  before_y: u32,
  after_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> base: array<u32>;
@group(0) @binding(2) var<storage, read> edit: array<u32>;
// Per cell: x (3), y (3), x * x (6), y_i * x_j (9), y * y (3); x is the base, y the edit.
@group(0) @binding(3) var<storage, read_write> sums: array<i32>;

fn colour_of(pixel: u32) -> vec3<i32> {
  return vec3<i32>(vec3<u32>(pixel & 255u, (pixel >> 8u) & 255u, (pixel >> 16u) & 255u)) - 128;
}

fn store(at: u32, value: vec3<i32>) {
  sums[at] = value.x;
  sums[at + 1u] = value.y;
  sums[at + 2u] = value.z;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let cell = id.x + id.y * groups.x * 64u;
  if (cell >= params.columns * params.rows) {
    return;
  }
  let x = cell % params.columns * params.step;
  let y = cell / params.columns * params.step;
  let left = x - min(x, params.before_x);
  let top = y - min(y, params.before_y);
  let right = min(params.width - 1u, x + params.after_x);
  let bottom = min(params.height - 1u, y + params.after_y);
  var sum_x = vec3<i32>(0);
  var sum_y = vec3<i32>(0);
  var from_red = vec3<i32>(0);
  var from_rest = vec3<i32>(0);
  var red = vec3<i32>(0);
  var green = vec3<i32>(0);
  var blue = vec3<i32>(0);
  var squares = vec3<i32>(0);
  for (var row = top; row <= bottom; row++) {
    for (var column = left; column <= right; column++) {
      let b = colour_of(base[row * params.width + column]);
      let e = colour_of(edit[row * params.width + column]);
      sum_x += b;
      sum_y += e;
      from_red += b * b.x;
      from_rest += vec3<i32>(b.y * b.y, b.y * b.z, b.z * b.z);
      red += b * e.x;
      green += b * e.y;
      blue += b * e.z;
      squares += e * e;
    }
  }
  let at = cell * 24u;
  store(at, sum_x);
  store(at + 3u, sum_y);
  store(at + 6u, from_red);
  store(at + 9u, from_rest);
  store(at + 12u, red);
  store(at + 15u, green);
  store(at + 18u, blue);
  store(at + 21u, squares);
}
