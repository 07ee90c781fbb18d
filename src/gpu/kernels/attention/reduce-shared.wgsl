
// Over the TX threads of one row group, through workgroup memory. Holds one barrier; may be called again after another one.

var<workgroup> shares: array<vec4<f32>, TX * TY>;

fn group_max(local: u32, value: vec4<f32>) -> vec4<f32> {
  shares[local] = value;
  workgroupBarrier();
  let base = (local / TX) * TX;
  var result = shares[base];
  for (var i = 1u; i < TX; i++) {
    result = max(result, shares[base + i]);
  }
  return result;
}

fn group_sum(local: u32, value: vec4<f32>) -> vec4<f32> {
  shares[local] = value;
  workgroupBarrier();
  let base = (local / TX) * TX;
  var result = shares[base];
  for (var i = 1u; i < TX; i++) {
    result += shares[base + i];
  }
  return result;
}
