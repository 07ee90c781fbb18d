
// Over the TX threads of one row group: LANES of them inside their subgroup, the rest through workgroup memory. Needs
// neighbouring threads in neighbouring lanes, which WGSL does not promise: whoever picks this variant checks its results.
// Holds one barrier; may be called again after another one.

// A power of two, at most TX and the smallest subgroup.
override LANES: u32 = 4;

var<workgroup> shares: array<vec4<f32>, TX * TY / LANES>;

fn group_max(local: u32, value: vec4<f32>) -> vec4<f32> {
  var result = value;
  for (var step = 1u; step < LANES; step *= 2u) {
    result = max(result, subgroupShuffleXor(result, step));
  }
  if (local % LANES == 0u) {
    shares[local / LANES] = result;
  }
  workgroupBarrier();
  let base = (local / TX) * TX / LANES;
  result = shares[base];
  for (var i = 1u; i < TX / LANES; i++) {
    result = max(result, shares[base + i]);
  }
  return result;
}

fn group_sum(local: u32, value: vec4<f32>) -> vec4<f32> {
  var result = value;
  for (var step = 1u; step < LANES; step *= 2u) {
    result += subgroupShuffleXor(result, step);
  }
  if (local % LANES == 0u) {
    shares[local / LANES] = result;
  }
  workgroupBarrier();
  let base = (local / TX) * TX / LANES;
  result = shares[base];
  for (var i = 1u; i < TX / LANES; i++) {
    result += shares[base + i];
  }
  return result;
}
