// Bytes to float planes of another size: area mean along an axis that shrinks, linear between pixel centres along one
// that grows. Positions are whole numbers of 1 / (output size) or half of it, so that nothing depends on rounding.

struct Params {
  input_width: u32,
  input_height: u32,
  width: u32,
  height: u32,
  low: f32,
  high: f32,
}

// 3: RGBA pixels in words, to three planes. 1: one byte per pixel, four in a word.
override CHANNELS: u32 = 3;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> planes: array<elem>;

// The inputs `first` to `last` of output `at`, each weighted by how much of it lies in begin..end (in units of which an
// input has `unit`).
struct Span {
  first: u32,
  last: u32,
  begin: u32,
  end: u32,
  unit: u32,
}

fn span_of(at: u32, input_size: u32, size: u32) -> Span {
  if (size < input_size) {
    let begin = at * input_size;
    let end = begin + input_size;
    return Span(begin / size, (end - 1u) / size, begin, end, size);
  }
  // Linear sampling is the mean over a window as wide as one input, centred on the sample's place.
  let unit = 2u * size;
  let centre = (2u * at + 1u) * input_size;
  let begin = clamp(i32(centre) - i32(size), 0, i32((input_size - 1u) * unit));
  let end = u32(begin) + unit;
  return Span(u32(begin) / unit, (end - 1u) / unit, u32(begin), end, unit);
}

fn weight_of(span: Span, at: u32) -> f32 {
  let covered = min(span.end, (at + 1u) * span.unit) - max(span.begin, at * span.unit);
  return f32(covered) / f32(span.end - span.begin);
}

fn load(index: u32) -> vec3<f32> {
  if (CHANNELS == 1u) {
    return vec3<f32>(f32((input[index / 4u] >> (8u * (index % 4u))) & 255u));
  }
  let pixel = input[index];
  return vec3<f32>(vec3<u32>(pixel & 255u, (pixel >> 8u) & 255u, (pixel >> 16u) & 255u));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = id.x + id.y * groups.x * 64u;
  let area = params.width * params.height;
  if (index >= area) {
    return;
  }
  let across = span_of(index % params.width, params.input_width, params.width);
  let down = span_of(index / params.width, params.input_height, params.height);
  var sum = vec3<f32>(0.0);
  for (var y = down.first; y <= down.last; y++) {
    var row = vec3<f32>(0.0);
    for (var x = across.first; x <= across.last; x++) {
      row += weight_of(across, x) * load(y * params.input_width + x);
    }
    sum += weight_of(down, y) * row;
  }
  let values = params.low + sum * ((params.high - params.low) / 255.0);
  planes[index] = elem(values.x);
  if (CHANNELS == 3u) {
    planes[index + area] = elem(values.y);
    planes[index + 2u * area] = elem(values.z);
  }
}
