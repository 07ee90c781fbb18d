import type { RuntimeChoice } from '../../protocol/engine.ts';
import { decideRuntime, inspectMachine } from './decide-runtime.ts';
import { CpuRuntime } from './cpu-runtime.ts';
import { countThreads, loadOrt } from './ort.ts';
import type { TuningStore } from '../../store/tuning-store.ts';
import { openTuning } from './runtime-tuning.ts';
import { requestDevice } from './request-device.ts';
import type { Turn } from './sessions.ts';
import type { TensorRuntime } from './tensor-runtime.ts';
import { WebGpuRuntime } from './webgpu-runtime.ts';

/**
 * Loads the runtime for a choice; the caller owns it. With a store a GPU is tuned, once, as its shapes are first seen. Each
 * run waits for its `turn`.
 */
export async function createRuntime(
  choice: RuntimeChoice,
  openTunings?: () => Promise<TuningStore>,
  turn?: Turn,
): Promise<TensorRuntime> {
  const info = decideRuntime(choice, await inspectMachine(choice, countThreads()));
  if (info.kind === 'webgpu') {
    const device = await requestDevice();
    const tuning =
      openTunings === undefined ? undefined : await openTuning(device, await openTunings());
    return await WebGpuRuntime.create(await loadOrt('webgpu'), device, info, tuning, turn);
  }
  return new CpuRuntime(await loadOrt('cpu'), info, turn);
}
