import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType,
  type AttributeProto,
} from 'onnx-buf';

/** ONNX graphs of a few nodes, written on the spot: attention on `cpu`, probes, contract tests. */

type SmallAttribute = number | { readonly float: number } | { readonly ints: readonly number[] };

export type SmallNode = {
  readonly op: string;
  /** Left out for ONNX's own operators. */
  readonly domain?: 'com.microsoft';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Plain numbers are integers. */
  readonly attributes?: Readonly<Record<string, SmallAttribute>>;
};

/** Name of a float32 tensor to its dimensions; strings are symbolic. */
type SmallShapes = Readonly<Record<string, readonly (number | string)[]>>;

type SmallGraph = {
  readonly inputs: SmallShapes;
  readonly outputs: SmallShapes;
  readonly nodes: readonly SmallNode[];
  readonly constants?: Readonly<
    Record<
      string,
      { readonly shape: readonly number[]; readonly data: Float32Array | BigInt64Array }
    >
  >;
};

const IR_VERSION = 8n;
const OPSET = 17n;

function toAttribute(name: string, value: SmallAttribute): AttributeProto {
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value),
    });
  }
  if ('float' in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.FLOAT,
      f: value.float,
    });
  }
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.INTS,
    ints: value.ints.map(BigInt),
  });
}

function toValueInfos(shapes: SmallShapes) {
  return Object.entries(shapes).map(([name, dims]) => ({
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: {
          elemType: TensorProto_DataType.FLOAT,
          shape: {
            dim: dims.map((size) => ({
              value:
                typeof size === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(size) }
                  : { case: 'dimParam' as const, value: size },
            })),
          },
        },
      },
    },
  }));
}

/** The graph as an ONNX file of opset 17. */
export function encodeSmallGraph(graph: SmallGraph): Uint8Array<ArrayBuffer> {
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'deltacut',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1n },
    ],
    graph: {
      name: 'small',
      input: toValueInfos(graph.inputs),
      output: toValueInfos(graph.outputs),
      initializer: Object.entries(graph.constants ?? {}).map(([name, { shape, data }]) => ({
        name,
        dims: shape.map(BigInt),
        dataType:
          data instanceof Float32Array ? TensorProto_DataType.FLOAT : TensorProto_DataType.INT64,
        rawData: new Uint8Array(data.buffer.slice(0) as ArrayBuffer),
      })),
      node: graph.nodes.map((node, i) => ({
        name: `${node.op}_${i}`,
        opType: node.op,
        domain: node.domain ?? '',
        input: [...node.inputs],
        output: [...node.outputs],
        attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
          toAttribute(name, value),
        ),
      })),
    },
  });
  return toBinary(ModelProtoSchema, model);
}
