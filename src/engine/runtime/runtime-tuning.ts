import {
  attentionKernel,
  attentionSubgroupsKernel,
} from '../../gpu/kernels/attention/attention-kernels.ts';
import type { AttentionTunerOptions } from '../../gpu/kernels/attention/tuner.ts';
import type { TuningStore } from '../../store/tuning-store.ts';
import { describeAdapter } from './decide-runtime.ts';

/** What a runtime needs to tune attention to its device. */
export type RuntimeTuning = Pick<AttentionTunerOptions, 'known' | 'onLearned'>;

/**
 * What is remembered of this device, if it is a GPU: an adapter in software compiles a shader for seconds and gains
 * nothing. A record holds for one adapter and one text of the shaders.
 */
export async function openTuning(
  device: GPUDevice,
  store: TuningStore,
): Promise<RuntimeTuning | undefined> {
  const adapter = describeAdapter(device.adapterInfo);
  if (adapter.isSoftware) {
    return undefined;
  }
  const { vendor, architecture, device: card, description } = device.adapterInfo;
  const shaders = [attentionKernel.source, attentionSubgroupsKernel.source];
  const measuredOn = [vendor, architecture, card, description, ...shaders].join('\n');
  return {
    known: await store.read(measuredOn),
    onLearned: (record) => {
      // A full disk costs a second of measuring at the next visit, no more.
      store.write(measuredOn, record).catch(() => undefined);
    },
  };
}
