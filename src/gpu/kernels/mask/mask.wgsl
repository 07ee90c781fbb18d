// One byte per pixel of a rectangle or ellipse with a soft rim; an invocation makes four of them.

struct Params {
  width: u32,
  count: u32,
  // 1: ellipse. 2: inverted.
  flags: u32,
  centre: vec2<f32>,
  half_size: vec2<f32>,
  rim: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> mask: array<u32>;

fn rectangle_distance(from_centre: vec2<f32>) -> f32 {
  let outside = abs(from_centre) - params.half_size;
  return length(max(outside, vec2<f32>(0.0))) + min(max(outside.x, outside.y), 0.0);
}

// First order: the implicit function over the length of its gradient.
fn ellipse_distance(from_centre: vec2<f32>) -> f32 {
  let unit = from_centre / params.half_size;
  let level = length(unit);
  let slope = length(unit / params.half_size);
  if (slope == 0.0) {
    return -min(params.half_size.x, params.half_size.y);
  }
  return level * (level - 1.0) / slope;
}

fn byte_at(index: u32) -> u32 {
  let pixel = vec2<f32>(f32(index % params.width), f32(index / params.width)) + 0.5;
  let from_centre = pixel - params.centre;
  var distance = 0.0;
  if ((params.flags & 1u) != 0u) {
    distance = ellipse_distance(from_centre);
  } else {
    distance = rectangle_distance(from_centre);
  }
  let t = clamp(0.5 - distance / params.rim, 0.0, 1.0);
  let inside = t * t * (3.0 - 2.0 * t);
  let value = select(inside, 1.0 - inside, (params.flags & 2u) != 0u);
  return u32(floor(value * 255.0 + 0.5));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let word = id.x + id.y * groups.x * 64u;
  let first = word * 4u;
  if (first >= params.count) {
    return;
  }
  var bytes = 0u;
  for (var i = 0u; i < min(4u, params.count - first); i++) {
    bytes |= byte_at(first + i) << (8u * i);
  }
  mask[word] = bytes;
}
