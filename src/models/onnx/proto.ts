import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type AttributeProto,
  type TensorProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
  NodeProtoSchema,
  type NodeProto,
} from 'onnx-buf';
import { assert } from '../../base/assert.ts';

/** Element types our graphs use. */
export type OnnxType = 'f32' | 'f16' | 'i8' | 'u8' | 'i32' | 'i64';

/** A size known now, or the name of one that is known when a job starts (`frames`, `height_0`, …). */
export type Dim = number | string;

/** A tensor in a graph, or passed between graphs. */
export type Value = {
  readonly name: string;
  readonly dims: readonly Dim[];
  readonly type: OnnxType;
};

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

export type OpNode = {
  readonly op: string;
  readonly domain?: string;
  /** An empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
};

export type Initialiser = {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: OnnxType;
  /** Little-endian. */
  readonly data: Uint8Array<ArrayBuffer>;
};

/** The operator set all graphs are written against: old enough that every provider has kernels for it. */
const OPSET = 19;
const IR_VERSION = 9;
const CONTRIB_DOMAIN = 'com.microsoft';

const DATA_TYPES: Readonly<
  Record<OnnxType, { readonly code: TensorProto_DataType; readonly bytes: number }>
> = {
  f32: { code: TensorProto_DataType.FLOAT, bytes: 4 },
  f16: { code: TensorProto_DataType.FLOAT16, bytes: 2 },
  i8: { code: TensorProto_DataType.INT8, bytes: 1 },
  u8: { code: TensorProto_DataType.UINT8, bytes: 1 },
  i32: { code: TensorProto_DataType.INT32, bytes: 4 },
  i64: { code: TensorProto_DataType.INT64, bytes: 8 },
};

function toAttribute(name: string, value: Attribute): AttributeProto {
  if ('int' in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value.int),
    });
  }
  if ('float' in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.FLOAT,
      f: value.float,
    });
  }
  if ('ints' in value) {
    const ints = value.ints.map((int) => BigInt(int));
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints });
  }
  const s = new TextEncoder().encode(value.text);
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s });
}

function toNode(node: OpNode): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.op,
    domain: node.domain ?? '',
    name: node.outputs[0] ?? '',
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
      toAttribute(name, value),
    ),
  });
}

function toTensor(tensor: Initialiser): TensorProto {
  const { code, bytes } = DATA_TYPES[tensor.type];
  const count = tensor.dims.reduce((product, side) => product * side, 1);
  assert(
    tensor.data.byteLength === count * bytes,
    `${tensor.name}: ${String(tensor.data.byteLength)} bytes for [${tensor.dims.join(', ')}] of ${tensor.type}`,
  );
  const dims = tensor.dims.map((side) => BigInt(side));
  return create(TensorProtoSchema, {
    name: tensor.name,
    dataType: code,
    dims,
    rawData: tensor.data,
  });
}

function toValueInfo(value: Value): ValueInfoProto {
  const dim = value.dims.map((side) =>
    typeof side === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(side) } }
      : { value: { case: 'dimParam' as const, value: side } },
  );
  const tensorType = { elemType: DATA_TYPES[value.type].code, shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name: value.name,
    type: { value: { case: 'tensorType', value: tensorType } },
  });
}

/** The start of a model file: versions, the graph's name, its inputs and outputs. */
export function encodeModelHead(
  name: string,
  inputs: readonly Value[],
  outputs: readonly Value[],
): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      producerName: 'deltacut',
      opsetImport: [
        { domain: '', version: BigInt(OPSET) },
        { domain: CONTRIB_DOMAIN, version: 1n },
      ],
      graph: { name, input: inputs.map(toValueInfo), output: outputs.map(toValueInfo) },
    }),
  );
}

/**
 * More of the same model file. A message may be written in pieces: readers merge repeated occurrences of its fields
 * (protobuf encoding, 'Last one wins'), so nodes and weights are appended one by one and never held together.
 */
export function encodeModelPiece(
  nodes: readonly OpNode[],
  tensors: readonly Initialiser[],
): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      graph: { node: nodes.map(toNode), initializer: tensors.map(toTensor) },
    }),
  );
}

export function i64Data(values: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
}

export function f32Data(values: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
