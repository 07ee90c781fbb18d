import {
  runCrossFrame,
  type CrossFrameCase,
  type CrossFrameResults,
  type CrossFrameRun,
} from './cross-frame-run.ts';
import { openLastingWebGpu } from './lasting-webgpu.ts';

/** `runCrossFrame` on the adapter at hand, software or not. */
export async function runCrossFrameOnWebGpu(
  what: CrossFrameCase,
  runs: readonly CrossFrameRun[],
): Promise<CrossFrameResults> {
  return await runCrossFrame(await openLastingWebGpu(), what, runs);
}
