import { f32Data, type Initialiser, type OpNode } from '../onnx/proto.ts';
import type { Expansion } from '../onnx/graph-series.ts';
import { floatToHalf } from '../../base/half-float.ts';
import { BLOCK, quantiseBlocks } from './blocks.ts';
import { dequantiseRows, quantiseRows, signalToNoise } from './integers.ts';

export type Quantisation = 'f32' | 'f16' | 'q8' | 'q4';

/** How one tensor was stored and what that cost. */
export type CodedTensor = {
  readonly name: string;
  readonly coding: 'f32' | 'f16' | 'i8' | 'nbits8' | 'nbits4';
  readonly bytes: number;
  /** Decibels against the float32 values. */
  readonly snr: number;
};

/** 8-bit tensors that would fall below this stay in half precision. */
const MIN_SNR_8 = 40;
/** First and last layers are small and every error in them is seen: they stay float32 up to this many weights. */
const MAX_EXACT = 1 << 18;

export type WeightSpec = {
  /** Name in the checkpoint; initialisers are called after it. */
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  /** Keeps the tensor out of integer coding. */
  readonly exact: boolean;
};

/** Turns float32 weights into initialisers and the nodes that use them, by the package's quantisation. */
export class WeightCoder {
  readonly quantisation: Quantisation;
  readonly #report: (tensor: CodedTensor) => void;

  constructor(quantisation: Quantisation, report: (tensor: CodedTensor) => void = () => undefined) {
    this.quantisation = quantisation;
    this.#report = report;
  }

  /** y = x Wᵀ; `weight` is [rows, width] as PyTorch stores it, x ends in `width`. */
  linear(spec: WeightSpec, weight: Float32Array<ArrayBuffer>, x: string, y: string): Expansion {
    const coding = this.#coding(spec);
    if ((coding === 'q8' || coding === 'q4') && spec.width % BLOCK === 0) {
      return this.#blockLinear(spec, weight, coding === 'q8' ? 8 : 4, x, y);
    }
    const matmul = (w: string): OpNode => ({ op: 'MatMul', inputs: [x, w], outputs: [y] });
    if (coding === 'q8' || coding === 'q4') {
      const coded = this.#integers(spec, weight);
      if (coded !== undefined) {
        const codes = transpose(coded.codes, spec.rows, spec.width, new Int8Array(weight.length));
        const parts = integerParts(spec.name, [spec.width, spec.rows], codes, coded.scales, 1);
        return { nodes: [...parts.nodes, matmul(parts.result)], initialisers: parts.initialisers };
      }
    }
    const turned = transpose(weight, spec.rows, spec.width, new Float32Array(weight.length));
    const parts = this.#floats(
      spec,
      [spec.width, spec.rows],
      turned,
      coding === 'f32' ? 'f32' : 'f16',
    );
    return { nodes: [...parts.nodes, matmul(parts.result)], initialisers: parts.initialisers };
  }

  /** A convolution's weight [rows, width] = [out, in * kh * kw] as a float32 tensor of shape `dims`. */
  convolution(
    spec: WeightSpec,
    weight: Float32Array<ArrayBuffer>,
    dims: readonly number[],
  ): Expansion & { readonly result: string } {
    const coding = this.#coding(spec);
    if (coding === 'q8' || coding === 'q4') {
      const coded = this.#integers(spec, weight);
      if (coded !== undefined) {
        return integerParts(spec.name, dims, coded.codes, coded.scales, 0);
      }
    }
    return this.#floats(spec, dims, weight, coding === 'f32' ? 'f32' : 'f16');
  }

  /** Rows of a table picked by `ids` (i32); the table itself is never decoded as a whole. */
  embedding(spec: WeightSpec, table: Float32Array<ArrayBuffer>, ids: string, y: string): Expansion {
    const dims = [spec.rows, spec.width];
    const gather = (data: string, out: string): OpNode => ({
      op: 'Gather',
      inputs: [data, ids],
      outputs: [out],
    });
    const coding = this.#coding(spec);
    if (coding === 'f32') {
      const data = floatTensor(spec.name, dims, table);
      this.#report({
        name: spec.name,
        coding: 'f32',
        bytes: data.data.byteLength,
        snr: Number.POSITIVE_INFINITY,
      });
      return { nodes: [gather(data.name, y)], initialisers: [data] };
    }
    if (coding === 'f16') {
      const data = this.#half(spec, dims, table);
      return {
        nodes: [gather(data.name, `${y}.f16`), castNode(`${y}.f16`, y)],
        initialisers: [data],
      };
    }
    const coded = quantiseRows(table, spec.width);
    this.#report({
      name: spec.name,
      coding: 'i8',
      bytes: coded.codes.byteLength + coded.scales.byteLength,
      snr: signalToNoise(table, dequantiseRows(coded, spec.width)),
    });
    const codes: Initialiser = {
      name: `${spec.name}.i8`,
      dims,
      type: 'i8',
      data: new Uint8Array(coded.codes.buffer),
    };
    const scales = floatTensor(`${spec.name}.scale`, [spec.rows, 1], coded.scales);
    return {
      nodes: [
        gather(codes.name, `${y}.i8`),
        castNode(`${y}.i8`, `${y}.code`),
        gather(scales.name, `${y}.scale`),
        { op: 'Mul', inputs: [`${y}.code`, `${y}.scale`], outputs: [y] },
      ],
      initialisers: [codes, scales],
    };
  }

  #coding(spec: WeightSpec): Quantisation {
    if (!spec.exact || this.quantisation === 'f32') {
      return this.quantisation;
    }
    return spec.rows * spec.width <= MAX_EXACT ? 'f32' : 'f16';
  }

  #integers(
    spec: WeightSpec,
    weight: Float32Array<ArrayBuffer>,
  ): ReturnType<typeof quantiseRows> | undefined {
    const coded = quantiseRows(weight, spec.width);
    const snr = signalToNoise(weight, dequantiseRows(coded, spec.width));
    if (snr < MIN_SNR_8) {
      return undefined;
    }
    const bytes = coded.codes.byteLength + coded.scales.byteLength;
    this.#report({ name: spec.name, coding: 'i8', bytes, snr });
    return coded;
  }

  #blockLinear(
    spec: WeightSpec,
    weight: Float32Array<ArrayBuffer>,
    bits: 4 | 8,
    x: string,
    y: string,
  ): Expansion {
    const { packed, scales, decoded, blocksPerRow } = quantiseBlocks(weight, spec.width, bits);
    this.#report({
      name: spec.name,
      coding: bits === 8 ? 'nbits8' : 'nbits4',
      bytes: packed.byteLength + scales.byteLength,
      snr: signalToNoise(weight, decoded),
    });
    const blob = (BLOCK * bits) / 8;
    const codes: Initialiser = {
      name: `${spec.name}.q`,
      dims: [spec.rows, blocksPerRow, blob],
      type: 'u8',
      data: packed,
    };
    const scale = floatTensor(`${spec.name}.scale`, [spec.rows * blocksPerRow], scales);
    const node: OpNode = {
      op: 'MatMulNBits',
      domain: 'com.microsoft',
      inputs: [x, codes.name, scale.name],
      outputs: [y],
      attributes: {
        K: { int: spec.width },
        N: { int: spec.rows },
        bits: { int: bits },
        block_size: { int: BLOCK },
      },
    };
    return { nodes: [node], initialisers: [codes, scale] };
  }

  #floats(
    spec: WeightSpec,
    dims: readonly number[],
    values: Float32Array<ArrayBuffer>,
    type: 'f32' | 'f16',
  ): Expansion & { readonly result: string } {
    if (type === 'f32') {
      const tensor = floatTensor(spec.name, dims, values);
      this.#report({
        name: spec.name,
        coding: 'f32',
        bytes: tensor.data.byteLength,
        snr: Number.POSITIVE_INFINITY,
      });
      return { nodes: [], initialisers: [tensor], result: tensor.name };
    }
    const half = this.#half(spec, dims, values);
    const result = `${spec.name}.f32`;
    return { nodes: [castNode(half.name, result)], initialisers: [half], result };
  }

  #half(spec: WeightSpec, dims: readonly number[], values: Float32Array<ArrayBuffer>): Initialiser {
    const data = new Uint8Array(floatToHalf(values).buffer);
    this.#report({ name: spec.name, coding: 'f16', bytes: data.byteLength, snr: 70 });
    return { name: `${spec.name}.f16`, dims, type: 'f16', data };
  }
}

const ONNX_FLOAT = 1;

function castNode(from: string, to: string): OpNode {
  return { op: 'Cast', inputs: [from], outputs: [to], attributes: { to: { int: ONNX_FLOAT } } };
}

export function floatTensor(
  name: string,
  dims: readonly number[],
  values: Float32Array<ArrayBuffer>,
): Initialiser {
  return { name, dims, type: 'f32', data: f32Data(values) };
}

function integerParts(
  name: string,
  dims: readonly number[],
  codes: Int8Array<ArrayBuffer>,
  scales: Float32Array<ArrayBuffer>,
  axis: number,
): Expansion & { readonly result: string } {
  const data: Initialiser = {
    name: `${name}.i8`,
    dims,
    type: 'i8',
    data: new Uint8Array(codes.buffer),
  };
  const scale = floatTensor(`${name}.scale`, [scales.length], scales);
  const result = `${name}.f32`;
  const node: OpNode = {
    op: 'DequantizeLinear',
    inputs: [data.name, scale.name],
    outputs: [result],
    attributes: { axis: { int: axis } },
  };
  return { nodes: [node], initialisers: [data, scale], result };
}

function transpose<T extends Float32Array | Int8Array>(
  values: T,
  rows: number,
  width: number,
  out: T,
): T {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      out[column * rows + row] = values[row * width + column] ?? 0;
    }
  }
  return out;
}
