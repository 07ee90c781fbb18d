import { AppError } from '../../base/error.ts';
import type { RuntimeChoice } from '../../protocol/engine.ts';
import { decideRuntime, inspectMachine } from './choose-runtime.ts';
import { CpuRuntime } from './cpu-runtime.ts';
import { countThreads, loadOrt } from './ort.ts';
import type { TensorRuntime } from './tensor-runtime.ts';

/** Loads the runtime for a choice; the caller owns it. */
export async function createRuntime(choice: RuntimeChoice): Promise<TensorRuntime> {
  const info = decideRuntime(choice, await inspectMachine(choice, countThreads()));
  if (info.kind === 'webgpu') {
    throw new AppError('gpu/unavailable', 'WebGPU support is not built in yet.');
  }
  return new CpuRuntime(await loadOrt('cpu'), info);
}
