import { channelsOf, type Net } from '../onnx/net.ts';
import type { Value } from '../onnx/proto.ts';

/**
 * diffusers' ResnetBlock2D: norm, SiLU, conv, twice, with the time embedding (already through SiLU) added in between
 * and a 1x1 shortcut where the channels change. `time` undefined: the VAE's block.
 */
export function resnet(
  net: Net,
  x: Value,
  channels: number,
  time: Value | undefined,
  { groups, epsilon }: { readonly groups: number; readonly epsilon: number },
): Value {
  let h = net.conv(net.silu(net.groupNorm(x, 'norm1', groups, epsilon)), 'conv1', channels);
  if (time !== undefined) {
    h = net.add(h, net.spread(net.linear(time, 'time_emb_proj', channels)));
  }
  h = net.conv(net.silu(net.groupNorm(h, 'norm2', groups, epsilon)), 'conv2', channels);
  const shortcut =
    channelsOf(x, 1) === channels ? x : net.conv(x, 'conv_shortcut', channels, { kernel: 1 });
  return net.add(shortcut, h, { hint: 'resnet' });
}
