import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { encodeSmallGraph } from '../../src/engine/runtime/small-graph.ts';

const FRAMES = 4;
const CHANNELS = 192;
const SIDE = 32;
const RUNS = 11;
const CONVOLUTIONS = 2;
/** A multiply-add counts as two operations. */
const OPERATIONS = CONVOLUTIONS * 2 * FRAMES * CHANNELS * CHANNELS * 9 * SIDE * SIDE;

function convolutionGraph(): Uint8Array {
  const weights = () => ({
    shape: [CHANNELS, CHANNELS, 3, 3],
    data: new Float32Array(CHANNELS * CHANNELS * 9).fill(1e-3),
  });
  const shape = [FRAMES, CHANNELS, SIDE, SIDE];
  const attributes = { pads: { ints: [1, 1, 1, 1] }, kernel_shape: { ints: [3, 3] } };
  return encodeSmallGraph({
    inputs: { x: shape },
    outputs: { z: shape },
    constants: { a: weights(), b: weights() },
    nodes: [
      { op: 'Conv', inputs: ['x', 'a'], outputs: ['y'], attributes },
      { op: 'Conv', inputs: ['y', 'b'], outputs: ['z'], attributes },
    ],
  });
}

/** GFLOP/s of two 3x3 convolutions on the cpu runtime: the median of 11 runs after one to warm up. */
export async function measureGflops(): Promise<number> {
  const runtime = await createRuntime('cpu');
  try {
    const graph = await runtime.load(convolutionGraph(), {});
    const shape = [FRAMES, CHANNELS, SIDE, SIDE];
    const x = runtime.upload(
      new Float32Array(FRAMES * CHANNELS * SIDE * SIDE).fill(1),
      shape,
      'f32',
    );
    const seconds: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const started = performance.now();
      const { z } = await runtime.run(graph, { x });
      seconds.push((performance.now() - started) / 1000);
      z?.dispose();
    }
    x.dispose();
    graph.dispose();
    const sorted = seconds.slice(1).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    return OPERATIONS / median / 1e9;
  } finally {
    runtime.dispose();
  }
}
