// Shown picture = source + mask * amount * (clamp(A * source + offset) - source), A and offset sampled from the smaller
// detail map between pixel centres. Written so that an identity map, or a mask of 0, gives the source's bytes.

struct Params {
  width: u32,
  height: u32,
  map_width: u32,
  map_height: u32,
  amount: f32,
  has_mask: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<u32>;
// Per place of the map three rows (red, green, blue) of A with the offset in w.
@group(0) @binding(2) var<storage, read> map: array<vec4<f32>>;
// One byte per source pixel.
@group(0) @binding(3) var<storage, read> mask: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;

fn map_position(at: u32, size: u32, map_size: u32) -> f32 {
  let centre = (f32(at) + 0.5) * f32(map_size) / f32(size) - 0.5;
  return clamp(centre, 0.0, f32(map_size - 1u));
}

fn row_of(corners: vec4<u32>, share: vec2<f32>, row: u32) -> vec4<f32> {
  let above_left = map[corners.x + row];
  let above = above_left + share.x * (map[corners.y + row] - above_left);
  let below_left = map[corners.z + row];
  let below = below_left + share.x * (map[corners.w + row] - below_left);
  return above + share.y * (below - above);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= params.width * params.height) {
    return;
  }
  var blend = params.amount;
  if (params.has_mask != 0u) {
    blend *= f32((mask[index / 4u] >> (8u * (index % 4u))) & 255u) / 255.0;
  }
  let pixel = source[index];
  if (blend == 0.0) {
    output[index] = pixel;
    return;
  }
  let x = map_position(index % params.width, params.width, params.map_width);
  let y = map_position(index / params.width, params.height, params.map_height);
  let left = u32(x);
  let right = min(left + 1u, params.map_width - 1u);
  let top = u32(y) * params.map_width;
  let bottom = min(u32(y) + 1u, params.map_height - 1u) * params.map_width;
  let corners = vec4<u32>(top + left, top + right, bottom + left, bottom + right) * 3u;
  let share = vec2<f32>(x - f32(left), y - floor(y));
  let colour = vec3<f32>(vec3<u32>(pixel & 255u, (pixel >> 8u) & 255u, (pixel >> 16u) & 255u));
  let known = vec4<f32>(colour, 1.0);
  let edited = vec3<f32>(
    dot(row_of(corners, share, 0u), known),
    dot(row_of(corners, share, 1u), known),
    dot(row_of(corners, share, 2u), known),
  );
  let shown = clamp(edited, vec3<f32>(0.0), vec3<f32>(255.0));
  let bytes = vec3<u32>(floor(colour + blend * (shown - colour) + 0.5));
  output[index] = bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (pixel & 0xff000000u);
}
