import { AppError } from '../../src/base/error.ts';
import { encodeSmallGraph } from '../../src/engine/runtime/small-graph.ts';
import type { TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { disposeAll, type Comparison } from './runtime-attention.ts';
import { compare, floats, normal } from './runtime-operations.ts';
import { convolveExactly } from './runtime-oracle.ts';

const WEIGHTS = { weights: normal(40, [6, 4, 3, 3]), bias: normal(41, [6]) };

/** y = conv(x), z = y * gain; frames stay free, height and width are to be pinned. */
function convGraph(): Uint8Array {
  return encodeSmallGraph({
    inputs: { x: ['frames', 4, 'height_0', 'width_0'], gain: ['frames', 1, 1, 1] },
    outputs: { y: ['frames', 6, 'height_0', 'width_0'], z: ['frames', 6, 'height_0', 'width_0'] },
    constants: {
      weights: { shape: [6, 4, 3, 3], data: WEIGHTS.weights },
      bias: { shape: [6], data: WEIGHTS.bias },
    },
    nodes: [
      {
        op: 'Conv',
        inputs: ['x', 'weights', 'bias'],
        outputs: ['y'],
        attributes: { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } },
      },
      { op: 'Mul', inputs: ['y', 'gain'], outputs: ['z'] },
    ],
  });
}

/** Sums of 37 products of size 1. */
const CONV_TOLERANCE = 2e-5;

/** One graph, run for 3 frames and for 1, between our own kernels; outputs feed a second graph. */
export async function compareGraphs(rt: TensorRuntime): Promise<Comparison[]> {
  const graph = await rt.load(convGraph(), { height_0: 5, width_0: 7 });
  const doubling = await rt.load(
    encodeSmallGraph({
      inputs: { a: ['frames', 6, 'height_0', 'width_0'] },
      outputs: { b: ['frames', 6, 'height_0', 'width_0'] },
      nodes: [{ op: 'Add', inputs: ['a', 'a'], outputs: ['b'] }],
    }),
    {},
  );
  const results: Comparison[] = [];
  for (const frames of [3, 1, 3]) {
    const values = normal(42 + results.length, [frames, 4, 5, 7]);
    const raw = floats(rt, values, [frames, 4, 5, 7]);
    const x = await rt.combine([{ tensor: raw, scale: 0.5 }]);
    const gains = Float32Array.from({ length: frames }, (_, i) => i - 1.5);
    const gain = floats(rt, gains, [frames, 1, 1, 1]);
    const made = await rt.run(graph, { x, gain });
    const { y, z } = made;
    if (y === undefined || z === undefined || Object.keys(made).length !== 2) {
      throw new Error('the graph has two outputs');
    }
    const shape = [frames, 6, 5, 7];
    const halved = values.map((value) => value * 0.5);
    const wanted = convolveExactly(halved, [frames, 4, 5, 7], WEIGHTS.weights, WEIGHTS.bias);
    const scaled = wanted.map((value, i) => value * (gains[Math.floor(i / 210)] ?? NaN));
    const sum = await rt.combine([
      { tensor: y, scale: 1 },
      { tensor: z, scale: 2 },
    ]);
    const view = rt.reshape(y, [frames * 6, 5, 7]);
    const back = rt.reshape(view, shape);
    const { b } = await rt.run(doubling, { a: back });
    if (b === undefined) {
      throw new Error('the second graph has one output');
    }
    const wantedSum = wanted.map((value, i) => value + 2 * (scaled[i] ?? NaN));
    disposeAll([raw, x, gain, view, back]);
    const name = `graph, ${frames} frames:`;
    results.push(
      await compare(rt, `${name} sum of outputs`, sum, shape, wantedSum, CONV_TOLERANCE),
      await compare(rt, `${name} y`, y, shape, wanted, CONV_TOLERANCE),
      await compare(rt, `${name} z`, z, shape, scaled, CONV_TOLERANCE),
      await compare(
        rt,
        `${name} fed on`,
        b,
        shape,
        wanted.map((value) => 2 * value),
        2 * CONV_TOLERANCE,
      ),
    );
  }
  graph.dispose();
  doubling.dispose();
  return results;
}

async function codeOf(task: () => unknown): Promise<string> {
  try {
    await task();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`;
  }
}

/** The code of every wrong use and of two failures of the world. */
export async function faults(rt: TensorRuntime): Promise<Record<string, string>> {
  const tensor = floats(rt, [1, 2, 3, 4], [1, 2, 2]);
  const other = floats(rt, [1, 2, 3], [1, 1, 3]);
  const ids = rt.upload(Int32Array.of(1, 2), [2], 'i32');
  const gone = floats(rt, [1], [1]);
  gone.dispose();
  const graph = await rt.load(convGraph(), { height_0: 2, width_0: 2 });
  const image = floats(rt, new Float32Array(16), [1, 4, 2, 2]);
  const gain = floats(rt, [1], [1, 1, 1, 1]);
  const bank = { k: tensor, v: tensor };
  const attend = (changes: object, bankChanges: object = {}) =>
    rt.attention({
      q: tensor,
      heads: 1,
      headDim: 2,
      paths: [{ scale: 1, banks: [{ ...bank, ...bankChanges }] }],
      ...changes,
    });
  const codes = {
    'upload of the wrong length': await codeOf(() => rt.upload(new Float32Array(3), [2, 2], 'f32')),
    'upload of the wrong array': await codeOf(() => rt.upload(new Int32Array(4), [2, 2], 'f32')),
    'download after disposal': await codeOf(async () => await rt.download(gone)),
    'combine after disposal': await codeOf(
      async () => await rt.combine([{ tensor: gone, scale: 1 }]),
    ),
    'second disposal': await codeOf(() => gone.dispose()),
    'reshape to another size': await codeOf(() => rt.reshape(tensor, [3])),
    'combine of two shapes': await codeOf(
      async () =>
        await rt.combine([
          { tensor, scale: 1 },
          { tensor: other, scale: 1 },
        ]),
    ),
    'combine of integers': await codeOf(async () => await rt.combine([{ tensor: ids, scale: 1 }])),
    'concat of two shapes': await codeOf(async () => await rt.concat([tensor, other], 0)),
    'slice past the end': await codeOf(async () => await rt.slice(tensor, 1, 1, 3)),
    'mix without a mask plane': await codeOf(async () => await rt.mix(tensor, tensor, other)),
    'pictures of two channels': await codeOf(async () => await rt.toPictures(tensor, [-1, 1])),
    'attention with wrong heads': await codeOf(async () => await attend({ heads: 2 })),
    'attention with a foreign bank': await codeOf(async () => await attend({}, { v: other })),
    'attention with too many keys': await codeOf(async () => await attend({}, { keyCounts: [3] })),
    'attention with integers': await codeOf(async () => await attend({ queryMask: ids })),
    'graph without an input': await codeOf(async () => await rt.run(graph, { x: image })),
    'graph with a wrong type': await codeOf(
      async () => await rt.run(graph, { x: image, gain: ids }),
    ),
    'graph with a wrong size': await codeOf(async () => await rt.run(graph, { x: gain, gain })),
    'damaged graph': await codeOf(async () => await rt.load(new Uint8Array([1, 2, 3, 4]), {})),
  };
  // A failure must not stop what comes after it.
  const made = await rt.run(graph, { x: image, gain });
  disposeAll([tensor, other, ids, image, gain, ...Object.values(made)]);
  graph.dispose();
  return codes;
}

/**
 * A graph that fails while it runs: the failed call rejects, the graph refuses to go on (ONNX Runtime would use
 * the old inputs again), and a fresh load works.
 */
export async function failureInside(rt: TensorRuntime): Promise<readonly string[]> {
  const model = encodeSmallGraph({
    inputs: { x: ['count'] },
    outputs: { y: ['rows', 4] },
    constants: { shape: { shape: [2], data: new BigInt64Array([-1n, 4n]) } },
    nodes: [
      { op: 'Reshape', inputs: ['x', 'shape'], outputs: ['rowsOfFour'] },
      { op: 'Add', inputs: ['rowsOfFour', 'rowsOfFour'], outputs: ['y'] },
    ],
  });
  const three = floats(rt, [1, 2, 3], [3]);
  const four = floats(rt, [1, 2, 3, 4], [4]);
  const first = await rt.load(model, {});
  const second = await rt.load(model, {});
  const outcomes = [
    await codeOf(async () => await rt.run(first, { x: three })),
    await codeOf(async () => await rt.run(first, { x: four })),
  ];
  const { y } = await rt.run(second, { x: four });
  outcomes.push(y === undefined ? 'nothing' : (await rt.download(y)).join(' '));
  first.dispose();
  second.dispose();
  disposeAll([three, four, ...(y === undefined ? [] : [y])]);
  return outcomes;
}

/** A call may be followed at once by the disposal of its inputs, and calls overlap without mixing. */
export async function compareOverlap(rt: TensorRuntime): Promise<Comparison[]> {
  const graph = await rt.load(convGraph(), { height_0: 5, width_0: 7 });
  const shape = [1, 4, 5, 7] as const;
  const inputs = [50, 51, 52].map((stream) => normal(stream, shape));
  const pending = inputs.map(async (values) => {
    const x = floats(rt, values, shape);
    const gain = floats(rt, [1], [1, 1, 1, 1]);
    const running = rt.run(graph, { x, gain });
    disposeAll([x, gain]);
    return await running;
  });
  const results: Comparison[] = [];
  for (const [i, made] of (await Promise.all(pending)).entries()) {
    const wanted = convolveExactly(inputs[i] ?? [], shape, WEIGHTS.weights, WEIGHTS.bias);
    const { y, z } = made;
    if (y === undefined || z === undefined) {
      throw new Error('the graph has two outputs');
    }
    z.dispose();
    results.push(
      await compare(rt, `overlapping run ${i}`, y, [1, 6, 5, 7], wanted, CONV_TOLERANCE),
    );
  }
  graph.dispose();
  return results;
}
