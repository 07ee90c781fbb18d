import type { GpuContext } from '../context.ts';

/** A buffer with this data, for a test. */
export function bufferOf(
  context: GpuContext,
  data: ArrayBufferView,
  label = 'test input',
): GPUBuffer {
  const buffer = context.createBuffer(Math.max(4, data.byteLength), label);
  context.write(buffer, data);
  return buffer;
}

export async function readFloats(
  context: GpuContext,
  buffer: GPUBuffer,
  count: number,
): Promise<Float32Array> {
  return new Float32Array(await context.read(buffer, count * 4));
}

/** Runs a recording into a fresh output of `count` floats that is not zeros before; inputs live for its duration. */
export async function outputOf(
  context: GpuContext,
  count: number,
  record: (output: GPUBuffer, own: (data: ArrayBufferView) => GPUBuffer) => void,
): Promise<Float32Array> {
  return await context.guard('test', async () => {
    const owned: GPUBuffer[] = [];
    const own = (data: ArrayBufferView): GPUBuffer => {
      const buffer = bufferOf(context, data);
      owned.push(buffer);
      return buffer;
    };
    const output = own(new Uint32Array(count).fill(0x5555_5555));
    record(output, own);
    const result = await readFloats(context, output, count);
    owned.forEach((buffer) => context.release(buffer));
    return result;
  });
}

/** Largest difference, with the place of it for the message. */
export function worstDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { difference: number; index: number; actual: number; expected: number } {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} values where ${expected.length} are expected`);
  }
  let worst = { difference: 0, index: -1, actual: Number.NaN, expected: Number.NaN };
  for (let index = 0; index < expected.length; index++) {
    const [a, e] = [actual[index] ?? Number.NaN, expected[index] ?? Number.NaN];
    const difference = Math.abs(a - e);
    if (!(difference <= worst.difference)) {
      worst = { difference, index, actual: a, expected: e };
      if (Number.isNaN(difference)) {
        return { ...worst, difference: Number.POSITIVE_INFINITY };
      }
    }
  }
  return worst;
}

/** Values in -1..1, the same for the same seed (a 32-bit linear congruential step with output mixing). */
export function seededFloats(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = (seed * 2654435761) >>> 0;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
    values[i] = (mixed / 2 ** 32) * 2 - 1;
  }
  return values;
}
