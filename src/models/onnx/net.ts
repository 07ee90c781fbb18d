import { assert } from '../../base/assert.ts';
import type { Weights } from '../reading/weights.ts';
import { floatTensor, type WeightCoder, type WeightSpec } from '../quantise/weight-coder.ts';
import type { Expansion, GraphSeries, Naming } from './graph-series.ts';
import type { Dim, Initialiser, OpNode, Value } from './proto.ts';

const CONTRIB = 'com.microsoft';

/** The one epsilon that norms in our graphs have; others are turned into it. */
const EPSILON = 1e-5;

/** torch's nearest neighbour, over height and width. */
const NEAREST = {
  axes: { ints: [2, 3] },
  mode: { text: 'nearest' },
  coordinate_transformation_mode: { text: 'asymmetric' },
  nearest_mode: { text: 'floor' },
} as const;

export type LinearOptions = {
  /** Rows of the stored weight that make this layer; all by default. */
  readonly rows?: { readonly from: number; readonly to: number; readonly of: number };
  /** Stored as a 1x1 convolution [out, in, 1, 1]. */
  readonly pointwise?: boolean;
  readonly exact?: boolean;
  readonly name?: Naming;
};

export type ConvOptions = {
  readonly kernel?: number;
  readonly stride?: number;
  /** All four sides, or [top, left, bottom, right]. */
  readonly padding?: number | readonly [number, number, number, number];
  /** Height and width of the result; the input's by default. */
  readonly size?: readonly [Dim, Dim];
  readonly exact?: boolean;
  readonly name?: Naming;
  /** Rearranges the stored weight before it is coded, into a weight of this shape. */
  readonly reshaped?: Reshaped;
};

type Reshaped = {
  readonly dims: readonly [number, number, number, number];
  readonly apply: (weight: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>;
};

/**
 * PyTorch layers as ONNX nodes: names are checkpoint paths below `prefix`, pictures are [frames, channels, height,
 * width], token lists [frames, tokens, channels]. Sizes are never baked in: every graph works for all of them.
 */
export class Net {
  readonly graph: GraphSeries;
  readonly weights: Weights;
  readonly coder: WeightCoder;
  readonly prefix: string;

  constructor(graph: GraphSeries, weights: Weights, coder: WeightCoder, prefix = '') {
    this.graph = graph;
    this.weights = weights;
    this.coder = coder;
    this.prefix = prefix;
  }

  /** The same graph, names below a module path. */
  at(path: string): Net {
    return new Net(this.graph, this.weights, this.coder, `${this.prefix}${path}.`);
  }

  /** The same graph with another checkpoint's tensors. */
  with(weights: Weights, prefix = ''): Net {
    return new Net(this.graph, weights, this.coder, prefix);
  }

  has(name: string): boolean {
    return this.weights.has(this.prefix + name);
  }

  /** torch.nn.Linear; the bias is used if the checkpoint has one. */
  linear(x: Value, name: string, out: number, options: LinearOptions = {}): Value {
    const width = channelsOf(x, -1);
    const { from, to, of } = options.rows ?? { from: 0, to: out, of: out };
    const key = `${this.prefix}${name}.weight`;
    this.weights.expect(key, options.pointwise === true ? [of, width, 1, 1] : [of, width]);
    const spec: WeightSpec = {
      name: options.rows === undefined ? key : `${key}[${String(from)}]`,
      rows: to - from,
      width,
      exact: options.exact ?? false,
    };
    const dims = [...x.dims.slice(0, -1), out];
    const bias = this.has(`${name}.bias`);
    const naming = options.name ?? { hint: name.split('.').at(-1) ?? name };
    const y = this.graph.weighted(
      x,
      dims,
      bias ? { hint: 'product' } : naming,
      async (input, output) =>
        this.coder.linear(spec, await this.weights.read(key, [from, to]), input, output),
    );
    return bias ? this.#addVector(y, `${name}.bias`, { from, to, of }, naming) : y;
  }

  /** torch.nn.Conv2d, zero padding. */
  conv(x: Value, name: string, out: number, options: ConvOptions = {}): Value {
    const kernel = options.kernel ?? 3;
    const key = `${this.prefix}${name}.weight`;
    const channels = channelsOf(x, 1);
    if (options.reshaped === undefined) {
      this.weights.expect(key, [out, channels, kernel, kernel]);
    }
    const wide = kernel > 1 ? safeChannels(channels) : channels;
    const reshaped = options.reshaped ?? widening([out, channels, kernel, kernel], wide);
    const input = this.#padChannels(x, wide);
    const size = options.size ?? [x.dims[2] ?? 0, x.dims[3] ?? 0];
    const naming = options.name ?? { hint: name.split('.').at(-1) ?? name };
    return this.graph.weighted(
      input,
      [x.dims[0] ?? 0, out, ...size],
      naming,
      this.#convolution(name, key, out, reshaped, options),
    );
  }

  #convolution(
    name: string,
    key: string,
    out: number,
    reshaped: Reshaped,
    options: ConvOptions,
  ): (input: string, output: string) => Promise<Expansion> {
    const { dims } = reshaped;
    const width = dims[1] * dims[2] * dims[3];
    const spec: WeightSpec = { name: key, rows: out, width, exact: options.exact ?? false };
    const biasKey = this.has(`${name}.bias`) ? `${this.prefix}${name}.bias` : undefined;
    if (biasKey !== undefined) {
      this.weights.expect(biasKey, [out]);
    }
    const padding = options.padding ?? Math.floor(dims[2] / 2);
    const pads = typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
    const stride = options.stride ?? 1;
    return async (input, output) => {
      const weight = this.coder.convolution(
        spec,
        reshaped.apply(await this.weights.read(key)),
        dims,
      );
      const bias =
        biasKey === undefined
          ? []
          : [floatTensor(biasKey, [out], await this.weights.read(biasKey))];
      const node: OpNode = {
        op: 'Conv',
        inputs: [input, weight.result, ...bias.map((tensor) => tensor.name)],
        outputs: [output],
        attributes: {
          kernel_shape: { ints: [dims[2], dims[3]] },
          strides: { ints: [stride, stride] },
          pads: { ints: pads },
        },
      };
      return { nodes: [...weight.nodes, node], initialisers: [...weight.initialisers, ...bias] };
    };
  }

  #padChannels(x: Value, channels: number): Value {
    const missing = channels - channelsOf(x, 1);
    if (missing === 0) {
      return x;
    }
    const pads = this.graph.integers([0, 0, 0, 0, 0, missing, 0, 0]);
    return this.graph.node('Pad', [x, pads], [x.dims[0] ?? 0, channels, ...x.dims.slice(2)]);
  }

  /**
   * torch.nn.GroupNorm over [frames, channels, …]: each group is laid out as one channel of an
   * InstanceNormalization, the one form that all providers run natively.
   */
  groupNorm(x: Value, name: string, groups: number, epsilon: number): Value {
    const channels = channelsOf(x, 1);
    assert(
      channels % groups === 0,
      `${name}: ${String(channels)} channels in ${String(groups)} groups`,
    );
    const frames = x.dims[0] ?? 0;
    const grouped = this.graph.node(
      'Reshape',
      [x, this.graph.integers([0, groups, -1])],
      [frames, groups, 'any'],
    );
    const ones = this.graph.constant(
      floatTensor(`ones.${String(groups)}`, [groups], new Float32Array(groups).fill(1)),
    );
    const zeros = this.graph.constant(
      floatTensor(`zeros.${String(groups)}`, [groups], new Float32Array(groups)),
    );
    const centred = this.#normalisable(grouped, epsilon);
    const normal = this.graph.node('InstanceNormalization', [centred, ones, zeros], grouped.dims, {
      attributes: { epsilon: { float: EPSILON } },
    });
    const back = this.graph.node('Reshape', [normal, this.shapeOf(x)], x.dims);
    const spread = x.dims.slice(2).map(() => 1);
    return this.add(
      this.mul(back, this.vector(`${name}.weight`, channels, [channels, ...spread])),
      this.vector(`${name}.bias`, channels, [channels, ...spread]),
    );
  }

  /** torch.nn.LayerNorm over the last axis. */
  layerNorm(x: Value, name: string, epsilon = 1e-5, result?: Naming): Value {
    const channels = channelsOf(x, -1);
    const scale = this.vector(`${name}.weight`, channels, [channels]);
    const shift = this.vector(`${name}.bias`, channels, [channels]);
    return this.graph.node(
      'LayerNormalization',
      [this.#normalisable(x, epsilon), scale, shift],
      x.dims,
      {
        attributes: { axis: { int: -1 }, epsilon: { float: EPSILON } },
        ...(result === undefined ? {} : { name: result }),
      },
    );
  }

  /**
   * What the norms are given: x minus its mean over the last axis, times a factor that turns the wanted epsilon into
   * `EPSILON`: x / sqrt(var + e) = s x / sqrt(s² var + s² e). ONNX Runtime 1.30's WebGPU provider needs both. It takes the
   * variance as E[x²] - E[x]², off by 5e-3 where the mean is 100 deviations; and it keeps a norm's epsilon inside the
   * compiled shader, but looks the shader up without it, so the first epsilon of a shape serves all later ones.
   */
  #normalisable(x: Value, epsilon: number): Value {
    const axis = this.graph.integers([x.dims.length - 1]);
    const mean = this.graph.node('ReduceMean', [x, axis], [...x.dims.slice(0, -1), 1], {
      attributes: { keepdims: { int: 1 } },
    });
    const centred = this.graph.node('Sub', [x, mean], x.dims);
    return epsilon === EPSILON ? centred : this.affine(centred, Math.sqrt(EPSILON / epsilon), 0);
  }

  /** x * sigmoid(x). */
  silu(x: Value): Value {
    return this.#quickGelu(x, 1);
  }

  /** CLIP's x * sigmoid(1.702 x). */
  quickGelu(x: Value): Value {
    return this.#quickGelu(x, 1.702);
  }

  /** The exact GELU, x * normalCdf(x). */
  gelu(x: Value): Value {
    return this.graph.node('Gelu', [x], x.dims, { domain: CONTRIB });
  }

  relu(x: Value): Value {
    return this.graph.node('Relu', [x], x.dims);
  }

  /** x * scale + shift with plain numbers. */
  affine(x: Value, scale: number, shift: number, name?: Naming): Value {
    const number = (value: number): string =>
      this.graph.constant(floatTensor(`number.${String(value)}`, [1], Float32Array.of(value)));
    const naming = name === undefined ? {} : { name };
    if (shift === 0) {
      return this.graph.node('Mul', [x, number(scale)], x.dims, naming);
    }
    const scaled = this.graph.node('Mul', [x, number(scale)], x.dims);
    return this.graph.node('Add', [scaled, number(shift)], x.dims, naming);
  }

  /** Entries `[from, to)` of one axis. */
  slice(x: Value, axis: number, from: number, to: number, name?: Naming): Value {
    const dims = x.dims.map((side, at) => (at === axis ? to - from : side));
    const bounds = [[from], [to], [axis]].map((values) => this.graph.integers(values));
    return this.graph.node('Slice', [x, ...bounds], dims, name === undefined ? {} : { name });
  }

  add(a: Value, b: Value, name?: Naming): Value {
    return this.graph.node('Add', [a, b], a.dims, name === undefined ? {} : { name });
  }

  mul(a: Value, b: Value): Value {
    return this.graph.node('Mul', [a, b], a.dims);
  }

  concat(values: readonly Value[], axis: number): Value {
    const first = values[0];
    assert(first !== undefined, 'nothing to join');
    const dims = first.dims.map((side, at) => {
      const sides = values.map((value) => value.dims[at]);
      return at === axis && sides.every((other) => typeof other === 'number')
        ? sides.reduce((sum: number, other) => sum + other, 0)
        : side;
    });
    return this.graph.node('Concat', values, dims, { attributes: { axis: { int: axis } } });
  }

  /** [frames, channels, height, width] to [frames, tokens, channels], token = y * width + x. */
  toTokens(x: Value, tokens: Dim): Value {
    const channels = channelsOf(x, 1);
    const flat = this.graph.node(
      'Reshape',
      [x, this.graph.integers([0, channels, -1])],
      [x.dims[0] ?? 0, channels, tokens],
    );
    return this.transpose(flat, [0, 2, 1]);
  }

  /** The way back; `like` has the height, width and channels of the result. */
  fromTokens(x: Value, like: Value): Value {
    return this.graph.node(
      'Reshape',
      [this.transpose(x, [0, 2, 1]), this.shapeOf(like)],
      like.dims,
    );
  }

  transpose(x: Value, order: readonly number[]): Value {
    const dims = order.map((axis) => x.dims[axis] ?? 0);
    return this.graph.node('Transpose', [x], dims, { attributes: { perm: { ints: order } } });
  }

  /** [frames, channels] to [frames, channels, 1, 1]. */
  spread(x: Value): Value {
    return this.graph.node('Unsqueeze', [x, this.graph.integers([2, 3])], [...x.dims, 1, 1]);
  }

  /** Nearest neighbour to the height and width of `like`, which need not be twice the input's. */
  resizeTo(x: Value, like: Value): Value {
    const sides = this.shapeOf(like, 2, 4);
    return this.graph.node(
      'Resize',
      [x, '', '', sides],
      [x.dims[0] ?? 0, x.dims[1] ?? 0, ...like.dims.slice(2)],
      {
        attributes: {
          axes: { ints: [2, 3] },
          mode: { text: 'nearest' },
          coordinate_transformation_mode: { text: 'asymmetric' },
          nearest_mode: { text: 'floor' },
        },
      },
    );
  }

  /** Nearest neighbour to twice the height and width. */
  double(x: Value, size: readonly [Dim, Dim]): Value {
    const scales = this.graph.constant(floatTensor('twice', [2], Float32Array.of(2, 2)));
    return this.graph.node('Resize', [x, '', scales], [...x.dims.slice(0, 2), ...size], {
      attributes: NEAREST,
    });
  }

  /** torch.nn.PixelShuffle. */
  pixelShuffle(x: Value, factor: number, size: readonly [Dim, Dim], name?: Naming): Value {
    const channels = channelsOf(x, 1) / factor ** 2;
    return this.graph.node('DepthToSpace', [x], [x.dims[0] ?? 0, channels, ...size], {
      attributes: { blocksize: { int: factor }, mode: { text: 'CRD' } },
      ...(name === undefined ? {} : { name }),
    });
  }

  /** Sides `[from, to)` of a value's shape, as an integer tensor. */
  shapeOf(x: Value, from?: number, to?: number): Value {
    return this.graph.node('Shape', [x], [(to ?? x.dims.length) - (from ?? 0)], {
      type: 'i64',
      ...(from === undefined || to === undefined
        ? {}
        : { attributes: { start: { int: from }, end: { int: to } } }),
    });
  }

  /** A stored vector of `length`, seen with another shape. */
  vector(name: string, length: number, dims: readonly number[]): Value {
    const key = this.prefix + name;
    this.weights.expect(key, [length]);
    return this.#floats(dims, async () =>
      floatTensor(`vector.${key}`, dims, await this.weights.read(key)),
    );
  }

  /** A stored tensor of any shape, as float32. */
  tensor(name: string, stored: readonly number[], dims: readonly number[] = stored): Value {
    const key = this.prefix + name;
    this.weights.expect(key, stored);
    return this.#floats(dims, async () =>
      floatTensor(`tensor.${key}`, dims, await this.weights.read(key)),
    );
  }

  #floats(dims: readonly number[], read: () => Promise<Initialiser>): Value {
    return this.graph.weight(dims, async (output) => {
      const tensor = await read();
      return { nodes: [], initialisers: [{ ...tensor, name: output }] };
    });
  }

  #addVector(
    y: Value,
    name: string,
    { from, to, of }: { readonly from: number; readonly to: number; readonly of: number },
    naming: Naming,
  ): Value {
    const key = this.prefix + name;
    this.weights.expect(key, [of]);
    const bias = this.#floats([to - from], async () =>
      floatTensor(key, [to - from], await this.weights.read(key, [from, to])),
    );
    return this.add(y, bias, naming);
  }

  #quickGelu(x: Value, alpha: number): Value {
    return this.graph.node('QuickGelu', [x], x.dims, {
      domain: CONTRIB,
      attributes: { alpha: { float: alpha } },
    });
  }
}

/**
 * ONNX Runtime 1.30's WebGPU provider silently gives wrong results for kernels above 1x1 where the input channels are a
 * multiple of 3 and not of 4, 3 itself excepted (6, 9, 15, 18, 21, 27, 30, 33, 66, 90 were wrong by more than the signal, 5, 13,
 * 17, 34, 35 right; microsoft/onnxruntime#29651 is open). Channels of zeros up to the next multiple of 4 avoid that path.
 */
export function safeChannels(channels: number): number {
  const isBroken = channels > 3 && channels % 3 === 0 && channels % 4 !== 0;
  return isBroken ? Math.ceil(channels / 4) * 4 : channels;
}

/** A stored weight with zeros for input channels that were added. */
function widening(dims: readonly [number, number, number, number], channels: number): Reshaped {
  const [out, stored, height, width] = dims;
  const area = height * width;
  return {
    dims: [out, channels, height, width],
    apply: (weight) => {
      if (channels === stored) {
        return weight;
      }
      const wide = new Float32Array(out * channels * area);
      for (let row = 0; row < out; row++) {
        wide.set(
          weight.subarray(row * stored * area, (row + 1) * stored * area),
          row * channels * area,
        );
      }
      return wide;
    },
  };
}

/** The size of an axis that must be known. */
export function channelsOf(x: Value, axis: number): number {
  const side = x.dims.at(axis);
  assert(typeof side === 'number', `${x.name} has an unknown size where channels are expected`);
  return side;
}
