import { describe, expect, it } from 'vitest';
import { chooseQuantisation, type MachineMemory } from './default-quantisation.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const STARTER = { weights: 27e6, largest: 12.6e6 };
/** Stable Diffusion 1.5; its largest tensor is CLIP's token table. */
const SD15 = { weights: 1.07e9, largest: 49_408 * 768 };
const HUGE = { weights: 3.5e9, largest: 64e6 };

function gpu(changes: Partial<Extract<MachineMemory, { kind: 'webgpu' }>> = {}): MachineMemory {
  return {
    kind: 'webgpu',
    shaderF16: true,
    maxBufferSize: 4 * GIB,
    maxStorageBufferBindingSize: 4 * GIB - 4,
    deviceMemory: 16 * GIB,
    ...changes,
  };
}

describe('the default quantisation', () => {
  it.each([
    ['the starter on the processor', STARTER, { kind: 'cpu' } as const, 'q8'],
    ['SD 1.5 on the processor', SD15, { kind: 'cpu' } as const, 'q8'],
    ['what 8 bits would not bring under 2.75 GB', HUGE, { kind: 'cpu' } as const, 'q4'],
    ['SD 1.5 on a card with buffers of 4 GB', SD15, gpu(), 'q8'],
    ['SD 1.5 beside 2 GB of main memory', SD15, gpu({ deviceMemory: 2 * GIB }), 'q4'],
    ['SD 1.5 where buffers end at 256 MB', SD15, gpu({ maxBufferSize: 256 * MIB }), 'q4'],
    ['the starter on a card', STARTER, gpu(), 'f16'],
    ['the starter where the memory is not told', STARTER, gpu({ deviceMemory: null }), 'f16'],
    ['the starter without half precision', STARTER, gpu({ shaderF16: false }), 'f32'],
    ['the starter in 128 MB', STARTER, gpu({ maxBufferSize: 128 * MIB }), 'q8'],
    [
      'a tensor wider than a binding',
      { weights: 120e6, largest: 40e6 },
      gpu({ maxStorageBufferBindingSize: 128 * MIB }),
      'q8',
    ],
  ])('for %s', (_, size, machine, expected) => {
    const { quantisation, reason } = chooseQuantisation(size, machine);
    expect(quantisation).toBe(expected);
    expect(reason).toMatch(/^[A-Z][^.]+(\.\d[^.]*)*\.$/);
  });
});
