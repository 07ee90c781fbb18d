import type { CheckpointSize } from '../checkpoint-size.ts';
import type { Quantisation } from './weight-coder.ts';

/** Where a package is going to run. Null is unknown. */
export type MachineMemory =
  | { readonly kind: 'cpu' }
  | {
      readonly kind: 'webgpu';
      readonly shaderF16: boolean;
      /** Bytes: the device's limits. */
      readonly maxBufferSize: number;
      readonly maxStorageBufferBindingSize: number;
      /** Bytes of main memory, as the browser rounds and caps it. */
      readonly deviceMemory: number | null;
    };

export type QuantisationChoice = {
  readonly quantisation: Quantisation;
  /** One sentence. */
  readonly reason: string;
};

const GIB = 2 ** 30;

/**
 * Bytes per weight in the runtime's memory. 8 bits: whole packages as measured; 4 bits: by SD 1.5's share of linear
 * layers. Half-precision weights are half as large on disk only: loading opens them to float32.
 */
const BYTES_PER_WEIGHT = { f32: 4, f16: 4, q8: 1.07, q4: 0.85 } as const;
/** What WASM's 4 GB leave for weights. */
const CPU_BUDGET = 2.75 * GIB;
/**
 * A GPU does not tell its memory. Its largest buffer is the nearest thing to it, and no more than half of the main
 * memory is taken, which is what graphics without memory of their own share.
 */
const SHARE_OF_MAIN_MEMORY = 0.5;
/** Wider weights bring little that is seen: they may take only what is left over anyway. */
const SHARE_FOR_WIDE = 0.5;

/**
 * The quantisation that a checkpoint should get for a machine: the least loss that fits with room for the work. On the processor
 * int8 weights cost no speed (docs/architecture.md, measured facts), so nothing wider is worth its memory there.
 */
export function chooseQuantisation(
  { weights, largest }: CheckpointSize,
  machine: MachineMemory,
): QuantisationChoice {
  const bytes = (quantisation: Quantisation) => weights * BYTES_PER_WEIGHT[quantisation];
  if (machine.kind === 'cpu') {
    return bytes('q8') <= CPU_BUDGET
      ? {
          quantisation: 'q8',
          reason:
            'On the processor 8-bit weights are as fast as wider ones and take the least memory.',
        }
      : {
          quantisation: 'q4',
          reason: `With 8 bits its weights would take ${inGigabytes(bytes('q8'))}; the processor’s memory for them ends at ${inGigabytes(CPU_BUDGET)}.`,
        };
  }
  const { shaderF16, maxBufferSize, maxStorageBufferBindingSize, deviceMemory } = machine;
  const shared = deviceMemory === null ? Infinity : deviceMemory * SHARE_OF_MAIN_MEMORY;
  const budget = Math.min(maxBufferSize, shared);
  const fitsWide =
    bytes('f32') <= budget * SHARE_FOR_WIDE &&
    largest * BYTES_PER_WEIGHT.f32 <= maxStorageBufferBindingSize;
  const room = `this GPU’s room for weights (about ${inGigabytes(budget)})`;
  if (fitsWide) {
    const fit = `${inGigabytes(bytes('f32'))} of wide weights easily fit ${room}`;
    return shaderF16
      ? { quantisation: 'f16', reason: `This GPU has half precision, and ${fit}.` }
      : { quantisation: 'f32', reason: `This GPU lacks half precision, and ${fit}.` };
  }
  return bytes('q8') <= budget
    ? { quantisation: 'q8', reason: `Weights wider than 8 bits would crowd ${room}.` }
    : { quantisation: 'q4', reason: `Even 8-bit weights would not fit ${room}.` };
}

function inGigabytes(bytes: number): string {
  return bytes < GIB ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
