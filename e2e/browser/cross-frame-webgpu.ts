import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import {
  runCrossFrame,
  type CrossFrameCase,
  type CrossFrameResults,
  type CrossFrameRun,
} from './cross-frame-run.ts';

/** `runCrossFrame` on the adapter at hand, software or not. */
export async function runCrossFrameOnWebGpu(
  what: CrossFrameCase,
  runs: readonly CrossFrameRun[],
): Promise<CrossFrameResults> {
  const runtime = await createRuntime('webgpu');
  try {
    return await runCrossFrame(runtime, what, runs);
  } finally {
    runtime.dispose();
  }
}
