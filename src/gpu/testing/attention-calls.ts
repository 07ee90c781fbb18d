import { expect } from 'vitest';
import type { GpuContext } from '../context.ts';
import {
  attentionReference,
  type ReferenceBank,
  type ReferenceCall,
} from '../kernels/attention/attention.reference.ts';
import { recordAttention } from '../kernels/attention/attention.ts';
import type { Tiling } from '../kernels/attention/tilings.ts';
import { bufferOf, readFloats, seededFloats, worstDifference } from './buffers.ts';

// Inputs are in -1..1, so results are too; f32 sums of a few hundred products err by about 1e-6.
const TOLERANCE = 3e-6;

export type Shape = { batch: number; queries: number; heads: number; headDim: number };

export function bankOf(shape: Shape, keys: number, entries: number, seed: number): ReferenceBank {
  const count = entries * keys * shape.heads * shape.headDim;
  return { k: seededFloats(count, seed), v: seededFloats(count, seed + 1), entries, keys };
}

export async function runAttention(
  context: GpuContext,
  call: ReferenceCall,
  tiling?: Tiling,
): Promise<Float32Array> {
  return await context.guard('attention test', async () => {
    const owned: GPUBuffer[] = [];
    const own = (data: ArrayLike<number>): GPUBuffer => {
      const buffer = bufferOf(context, Float32Array.from(data));
      owned.push(buffer);
      return buffer;
    };
    const count = call.batch * call.queries * call.heads * call.headDim;
    // Not zeros: what a kernel forgets to write must show.
    const output = own(new Float32Array(count).fill(99));
    recordAttention(context, {
      ...call,
      elem: 'f32',
      q: own(call.q),
      output,
      ...(tiling === undefined ? {} : { tilingOf: () => tiling }),
      paths: call.paths.map((path) => ({
        scale: path.scale,
        banks: path.banks.map(({ keyWeights, keyCounts, ...bank }) => ({
          ...bank,
          k: own(bank.k),
          v: own(bank.v),
          ...(keyCounts === undefined ? {} : { keyCounts }),
          ...(keyWeights === undefined ? {} : { keyWeights: own(keyWeights) }),
        })),
      })),
      ...(call.queryMask === undefined
        ? { queryMask: undefined }
        : { queryMask: own(call.queryMask) }),
    } as Parameters<typeof recordAttention>[1]);
    const result = await readFloats(context, output, count);
    owned.forEach((buffer) => context.release(buffer));
    return result;
  });
}

/** Fails where the result differs from float64; the result. */
export async function checkExact(
  context: GpuContext,
  call: ReferenceCall,
  tiling?: Tiling,
): Promise<Float32Array> {
  const result = await runAttention(context, call, tiling);
  const worst = worstDifference(result, attentionReference(call));
  expect(worst).toSatisfy(({ difference }: typeof worst) => difference < TOLERANCE);
  return result;
}

export function queriesOf(shape: Shape, seed = 1): Float32Array {
  return seededFloats(shape.batch * shape.queries * shape.heads * shape.headDim, seed);
}
