import { channelsOf, type Net } from '../onnx/net.ts';
import type { Dim, Value } from '../onnx/proto.ts';
import { floatTensor } from '../quantise/weight-coder.ts';
import { feedForward, type SiteMaker } from './transformer.ts';

export type MotionOptions = {
  readonly level: number;
  readonly heads: number;
  readonly blocks: number;
  readonly groups: number;
  readonly norm: 'window' | 'frame';
  readonly maxFrames: number;
  /** [window], i32: the place of every frame in its window, 0 first. */
  readonly positions: Value;
  readonly site: SiteMaker;
};

const NORM_EPSILON = 1e-6;

/**
 * diffusers' AnimateDiffTransformer3D over [branches * window, channels, height, width], its residual included. Inside,
 * every place of the picture is a list of its own, [branches * tokens, window, channels], and so are q, k and v of its
 * sites: their attention runs over the frames of a window.
 */
export function motionModule(net: Net, x: Value, options: MotionOptions): Value {
  const channels = channelsOf(x, 1);
  let h = net.linear(toPlaces(net, x, options), 'proj_in', channels, { name: { hint: 'h' } });
  for (let index = 0; index < options.blocks; index++) {
    h = block(net.at(`transformer_blocks.${String(index)}`), h, options);
  }
  const back = fromPlaces(net, net.linear(h, 'proj_out', channels), x, options);
  return net.add(x, back, { hint: 'outer' });
}

/** BasicTransformerBlock with two self-attentions and sinusoidal positions behind their norms. */
function block(net: Net, x: Value, options: MotionOptions): Value {
  const channels = channelsOf(x, -1);
  let h = x;
  for (const [attention, norm] of [
    ['attn1', 'norm1'],
    ['attn2', 'norm2'],
  ] as const) {
    const input = net.add(net.layerNorm(h, norm), positionRows(net, channels, options));
    const project = (name: 'q' | 'k' | 'v'): Value =>
      net.linear(input, `${attention}.to_${name}`, channels, { name: { hint: name } });
    const out = options.site({
      path: `${net.prefix}${attention}`,
      kind: 'temporal',
      level: options.level,
      heads: options.heads,
      q: project('q'),
      k: project('k'),
      v: project('v'),
    });
    h = net.add(h, net.linear(out, `${attention}.to_out.0`, channels), { hint: 'h' });
  }
  return net.add(h, feedForward(net, net.layerNorm(h, 'norm3'), channels), { hint: 'h' });
}

/** The position table's rows for the window, [window, channels]. */
function positionRows(net: Net, channels: number, { maxFrames, positions }: MotionOptions): Value {
  const table = net.has('pos_embed.pe')
    ? net.tensor('pos_embed.pe', [1, maxFrames, channels], [maxFrames, channels])
    : net.graph.constant(
        floatTensor(
          `positions.${String(channels)}`,
          [maxFrames, channels],
          sinusoids(maxFrames, channels),
        ),
      );
  return net.graph.node('Gather', [table, positions], ['window', channels], { type: 'f32' });
}

/** diffusers' SinusoidalPositionalEmbedding: even channels sin, odd ones cos of frame * 10000^(-2i / width). */
function sinusoids(frames: number, channels: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: frames * channels }, (_, at) => {
    const channel = at % channels;
    const angle =
      Math.floor(at / channels) *
      Math.exp((-Math.log(10000) * (channel - (channel % 2))) / channels);
    return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}

function tokensOf({ level }: MotionOptions): Dim {
  return `tokens_${String(level)}`;
}

/** A shape put together from known numbers and sides known when the graph runs. */
function shape(net: Net, parts: readonly (Value | number)[]): Value {
  const names = parts.map((part) => (typeof part === 'number' ? net.graph.integers([part]) : part));
  return net.graph.node('Concat', names, [parts.length], {
    type: 'i64',
    attributes: { axis: { int: 0 } },
  });
}

/** [frames, channels, height, width] to [frames, channels, tokens]. */
function flatten(net: Net, x: Value, options: MotionOptions): Value {
  const channels = channelsOf(x, 1);
  const dims = [x.dims[0] ?? 0, channels, tokensOf(options)];
  return net.graph.node('Reshape', [x, net.graph.integers([0, channels, -1])], dims);
}

/** Normalised, and sorted by place: [branches * tokens, window, channels]. */
function toPlaces(net: Net, x: Value, options: MotionOptions): Value {
  const channels = channelsOf(x, 1);
  const { groups, norm, positions } = options;
  const window = net.shapeOf(positions);
  const tokens = tokensOf(options);
  const normal = (value: Value): Value => net.groupNorm(value, 'norm', groups, NORM_EPSILON);
  const flat = flatten(net, x, options);
  const frames = norm === 'frame' ? normal(flat) : flat;
  const clips = net.graph.node(
    'Reshape',
    [frames, shape(net, [-1, window, channels, net.shapeOf(flat, 2, 3)])],
    ['branches', 'window', channels, tokens],
  );
  const sorted =
    norm === 'frame'
      ? net.transpose(clips, [0, 3, 1, 2])
      : net.transpose(normal(net.transpose(clips, [0, 2, 1, 3])), [0, 3, 2, 1]);
  return net.graph.node(
    'Reshape',
    [sorted, shape(net, [-1, window, channels])],
    [`places_${String(options.level)}`, 'window', channels],
  );
}

/** The way back; `like` has the shape of the result. */
function fromPlaces(net: Net, h: Value, like: Value, options: MotionOptions): Value {
  const channels = channelsOf(h, -1);
  const tokens = net.shapeOf(flatten(net, like, options), 2, 3);
  const window = net.shapeOf(options.positions);
  const clips = net.graph.node(
    'Reshape',
    [h, shape(net, [-1, tokens, window, channels])],
    ['branches', tokensOf(options), 'window', channels],
  );
  const frames = net.transpose(clips, [0, 2, 3, 1]);
  return net.graph.node('Reshape', [frames, net.shapeOf(like)], like.dims);
}
