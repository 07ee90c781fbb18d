import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import type { TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import type { RuntimeInfo, RuntimeKind } from '../../src/protocol/engine.ts';
import { compareAttention, type Comparison } from './runtime-attention.ts';
import { compareGraphs, compareOverlap, failureInside, faults } from './runtime-graphs.ts';
import { compareOperations } from './runtime-operations.ts';

/* The contract of TensorRuntime: one body for both implementations. One runtime is open per page. */

let opened: TensorRuntime | null = null;

function runtime(): TensorRuntime {
  if (opened === null) {
    throw new Error('no runtime is open');
  }
  return opened;
}

export async function open(kind: RuntimeKind): Promise<RuntimeInfo> {
  opened = await createRuntime(kind);
  return opened.info;
}

export async function attention(): Promise<Comparison[]> {
  return await compareAttention(runtime());
}

export async function operations(): Promise<Comparison[]> {
  return await compareOperations(runtime());
}

export async function graphs(): Promise<Comparison[]> {
  return [...(await compareGraphs(runtime())), ...(await compareOverlap(runtime()))];
}

export async function wrongUse(): Promise<Record<string, string>> {
  return await faults(runtime());
}

export async function failedGraph(): Promise<readonly string[]> {
  return await failureInside(runtime());
}

/** Bytes held by leftovers, by a tensor that was never disposed, and after the end. */
export function close(): { left: number; held: number; after: number; peak: number } {
  const closing = runtime();
  const left = closing.bytes.live;
  const forgotten = closing.upload(new Float32Array(1000), [1000], 'f32');
  const held = closing.bytes.live - left;
  closing.dispose();
  const after = closing.bytes.live;
  forgotten.dispose();
  opened = null;
  return { left, held, after: Math.max(after, closing.bytes.live), peak: closing.bytes.peak };
}
