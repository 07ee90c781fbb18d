// One byte per pixel of a mask: its steps are gone through in order (mask-program.ts); an invocation makes four bytes.

struct Params {
  width: u32,
  count: u32,
  first_word: u32,
  words: u32,
  steps: u32,
  // 1: starts from the whole picture. 2: inverted.
  flags: u32,
}

struct Step {
  // 0 nothing, 1 rectangle, 2 ellipse, 3 path, 4 stroke.
  kind: f32,
  // 1: begins a layer. 2: takes away.
  flags: f32,
  // The layer ends and is 1 added, 2 subtracted, 3 intersected.
  ends: f32,
  grow: f32,
  rim: f32,
  radius: f32,
  // Cosine and sine of a box's turn, or numbers of the first edge and the one after the last.
  turn: vec2<f32>,
  // Middle and half size of a box, or the corners around the edges.
  place: vec4<f32>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> steps: array<f32>;
@group(0) @binding(2) var<storage, read> edges: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> mask: array<u32>;

const FAR = 1.0;

fn step_at(index: u32) -> Step {
  let i = index * 16u;
  return Step(
    steps[i], steps[i + 1u], steps[i + 2u], steps[i + 3u], steps[i + 4u], steps[i + 5u],
    vec2<f32>(steps[i + 6u], steps[i + 7u]),
    vec4<f32>(steps[i + 8u], steps[i + 9u], steps[i + 10u], steps[i + 11u]),
  );
}

fn rectangle_distance(from_centre: vec2<f32>, half_size: vec2<f32>) -> f32 {
  let outside = abs(from_centre) - half_size;
  return length(max(outside, vec2<f32>(0.0))) + min(max(outside.x, outside.y), 0.0);
}

// First order: the implicit function over the length of its gradient.
fn ellipse_distance(from_centre: vec2<f32>, half_size: vec2<f32>) -> f32 {
  let unit = from_centre / half_size;
  let level = length(unit);
  let slope = length(unit / half_size);
  if (slope == 0.0) {
    return -min(half_size.x, half_size.y);
  }
  return level * (level - 1.0) / slope;
}

fn box_level(part: Step, pixel: vec2<f32>) -> f32 {
  let d = pixel - part.place.xy;
  let turned = vec2<f32>(
    d.x * part.turn.x + d.y * part.turn.y,
    d.y * part.turn.x - d.x * part.turn.y,
  );
  var distance = 0.0;
  if (part.kind == 2.0) {
    distance = ellipse_distance(turned, part.place.zw);
  } else {
    distance = rectangle_distance(turned, part.place.zw);
  }
  return (distance - part.grow) / part.rim;
}

fn edges_level(part: Step, pixel: vec2<f32>) -> f32 {
  let aside = max(part.place.xy - pixel, pixel - part.place.zw);
  if (max(aside.x, aside.y) > part.radius + part.grow + 0.5 * part.rim) {
    return FAR;
  }
  var nearest = 3.4e38;
  var turns = 0;
  for (var i = u32(part.turn.x); i < u32(part.turn.y); i++) {
    let edge = edges[i];
    let along = edge.zw - edge.xy;
    let from_start = pixel - edge.xy;
    let squared = dot(along, along);
    var share = 0.0;
    if (squared > 0.0) {
      share = clamp(dot(from_start, along) / squared, 0.0, 1.0);
    }
    let aside_of_edge = from_start - share * along;
    nearest = min(nearest, dot(aside_of_edge, aside_of_edge));
    let down = edge.y <= pixel.y;
    if (down != (edge.w <= pixel.y)) {
      if (edge.x + (pixel.y - edge.y) / along.y * along.x <= pixel.x) {
        turns += select(-1, 1, down);
      }
    }
  }
  var distance = sqrt(nearest);
  if (part.kind == 3.0 && turns != 0) {
    distance = -distance;
  }
  return (distance - part.radius - part.grow) / part.rim;
}

fn level_of(part: Step, pixel: vec2<f32>) -> f32 {
  if (part.kind == 0.0) {
    return FAR;
  }
  if (part.kind <= 2.0) {
    return box_level(part, pixel);
  }
  return edges_level(part, pixel);
}

fn byte_at(index: u32) -> u32 {
  let pixel = vec2<f32>(f32(index % params.width), f32(index / params.width)) + 0.5;
  var total = select(FAR, -FAR, (params.flags & 1u) != 0u);
  var layer = FAR;
  for (var i = 0u; i < params.steps; i++) {
    let part = step_at(i);
    let flags = u32(part.flags);
    if ((flags & 1u) != 0u) {
      layer = FAR;
    }
    let level = level_of(part, pixel);
    if ((flags & 2u) != 0u) {
      // Nothing taken away is nothing changed.
      layer = select(max(layer, -level), layer, part.kind == 0.0);
    } else {
      layer = min(layer, level);
    }
    if (part.ends == 1.0) {
      total = min(total, layer);
    } else if (part.ends == 2.0) {
      total = max(total, -layer);
    } else if (part.ends == 3.0) {
      total = max(total, layer);
    }
  }
  let t = clamp(0.5 - total, 0.0, 1.0);
  let inside = t * t * (3.0 - 2.0 * t);
  let value = select(inside, 1.0 - inside, (params.flags & 2u) != 0u);
  return u32(floor(value * 255.0 + 0.5));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let local = id.x + id.y * groups.x * 64u;
  let word = params.first_word + local;
  let first = word * 4u;
  if (local >= params.words || first >= params.count) {
    return;
  }
  var bytes = 0u;
  for (var i = 0u; i < min(4u, params.count - first); i++) {
    bytes |= byte_at(first + i) << (8u * i);
  }
  mask[word] = bytes;
}
