import type { RuntimeChoice } from '../../protocol/engine.ts';
import { decideRuntime, inspectMachine } from './decide-runtime.ts';
import { CpuRuntime } from './cpu-runtime.ts';
import { countThreads, loadOrt } from './ort.ts';
import { requestDevice } from './request-device.ts';
import type { TensorRuntime } from './tensor-runtime.ts';
import { WebGpuRuntime } from './webgpu-runtime.ts';

/** Loads the runtime for a choice; the caller owns it. */
export async function createRuntime(choice: RuntimeChoice): Promise<TensorRuntime> {
  const info = decideRuntime(choice, await inspectMachine(choice, countThreads()));
  if (info.kind === 'webgpu') {
    return await WebGpuRuntime.create(await loadOrt('webgpu'), await requestDevice(), info);
  }
  return new CpuRuntime(await loadOrt('cpu'), info);
}
