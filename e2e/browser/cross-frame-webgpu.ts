import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { memoise } from '../../src/base/task-queue.ts';
import {
  runCrossFrame,
  type CrossFrameCase,
  type CrossFrameResults,
  type CrossFrameRun,
} from './cross-frame-run.ts';

/** One for all calls of a page: a device compiles each of ONNX Runtime's shaders once, and that is what takes time. */
const open = memoise(async () => await createRuntime('webgpu'));

/** `runCrossFrame` on the adapter at hand, software or not. */
export async function runCrossFrameOnWebGpu(
  what: CrossFrameCase,
  runs: readonly CrossFrameRun[],
): Promise<CrossFrameResults> {
  return await runCrossFrame(await open(), what, runs);
}
