import { AppError } from '../../base/error.ts';

/** What ONNX Runtime's kernels use where it is there: half floats, and sums across a subgroup. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups'];

/** A device with all that the adapter can give: weights and score buffers soon pass the default limits of 128 MB. */
export async function requestDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new AppError('gpu/unavailable', 'The graphics adapter is gone.');
  }
  const requiredLimits: Record<string, number> = {};
  // The limits are getters on the prototype: only `in` lists them.
  for (const name in adapter.limits) {
    const value: unknown = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') {
      requiredLimits[name] = value;
    }
  }
  try {
    return await adapter.requestDevice({
      label: 'deltacut',
      requiredLimits,
      requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    });
  } catch (cause) {
    throw new AppError('gpu/unavailable', `The adapter gave no device: ${String(cause)}`, {
      cause,
    });
  }
}
