import { openCheckpoint } from './checkpoint.ts';
import { elementCount } from './reading/safetensors.ts';
import type { CheckpointSource } from './reading/byte-source.ts';

/** How large a checkpoint is, however its weights are stored. */
export type CheckpointSize = {
  readonly weights: number;
  /** Weights of its largest tensor. */
  readonly largest: number;
};

/** Reads configs and headers, no weights. Refuses what `openCheckpoint` refuses. */
export async function measureCheckpoint(source: CheckpointSource): Promise<CheckpointSize> {
  const { unet, vae, text } = await openCheckpoint(source);
  let weights = 0;
  let largest = 0;
  for (const network of [unet.weights, vae.weights, text.weights]) {
    for (const name of network.names) {
      const count = elementCount(network.shape(name));
      weights += count;
      largest = Math.max(largest, count);
    }
  }
  return { weights, largest };
}
