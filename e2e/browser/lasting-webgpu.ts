import { memoise } from '../../src/base/task-queue.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { encodeSmallGraph } from '../../src/engine/runtime/small-graph.ts';

const KEPT = encodeSmallGraph({
  inputs: { x: [1] },
  outputs: { y: [1] },
  nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
});

/**
 * WebGPU for all calls of a page. One graph stays loaded: with a device's last session ONNX Runtime forgets the pipelines it
 * compiled, and on a software adapter those take most of the time. The engine has no such graph, because as long as a session
 * lives, ONNX Runtime keeps the weights of all that were released, too.
 */
export const openLastingWebGpu = memoise(async () => {
  const runtime = await createRuntime('webgpu');
  await runtime.load(KEPT, {});
  return runtime;
});
