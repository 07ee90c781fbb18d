import type { MachineMemory } from '../models/quantise/default-quantisation.ts';
import type { RuntimeKind } from '../protocol/engine.ts';

const GIB = 2 ** 30;

/** What this machine tells of the memory that a model will run in. The engine's device has all of the adapter's limits. */
export async function readMachineMemory(runtime: RuntimeKind): Promise<MachineMemory> {
  const adapter =
    runtime === 'cpu'
      ? null
      : await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    return { kind: 'cpu' };
  }
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  // In GiB, rounded to a power of two; Chromium only.
  const { deviceMemory } = navigator as { readonly deviceMemory?: number };
  return {
    kind: 'webgpu',
    shaderF16: adapter.features.has('shader-f16'),
    maxBufferSize,
    maxStorageBufferBindingSize,
    deviceMemory: deviceMemory === undefined ? null : deviceMemory * GIB,
  };
}
