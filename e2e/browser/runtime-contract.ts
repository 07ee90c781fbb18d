import { AppError } from '../../src/base/error.ts';
import { createRuntime } from '../../src/engine/runtime/choose-runtime.ts';
import { encodeSmallGraph } from '../../src/engine/runtime/small-graph.ts';
import type { TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { WebGpuRuntime } from '../../src/engine/runtime/webgpu-runtime.ts';
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

async function codeOf(task: () => Promise<unknown>): Promise<string> {
  try {
    await task();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

function deviceOf(rt: TensorRuntime): GPUDevice {
  if (!(rt instanceof WebGpuRuntime)) {
    throw new Error('only the WebGPU runtime has a device');
  }
  return rt.device;
}

/** An error on the shared device that no call of ours made: the next download reports it, once. */
export async function afterStrayError(): Promise<readonly string[]> {
  const rt = runtime();
  const x = rt.upload(Float32Array.of(1), [1], 'f32');
  const device = deviceOf(rt);
  const [mappable, storage] = [1, 128];
  device.createBuffer({ size: 4, usage: mappable | storage });
  const codes = [
    await codeOf(async () => await rt.download(x)),
    await codeOf(async () => await rt.download(x)),
  ];
  x.dispose();
  return codes;
}

/** A runtime may be opened again after one was closed, lost device or not. */
export async function reopen(): Promise<number> {
  const rt = await createRuntime('webgpu');
  const x = rt.upload(Float32Array.of(3), [1], 'f32');
  const doubled = await rt.combine([{ tensor: x, scale: 2 }]);
  const [value] = await rt.download(doubled);
  rt.dispose();
  return value ?? NaN;
}

/** What every kind of call says after the device went away under an open runtime. */
export async function afterDeviceLoss(): Promise<readonly string[]> {
  const rt = runtime();
  const graph = await rt.load(
    encodeSmallGraph({
      inputs: { x: [1] },
      outputs: { y: [1] },
      nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
    }),
    {},
  );
  const x = rt.upload(Float32Array.of(1), [1], 'f32');
  const device = deviceOf(rt);
  device.destroy();
  await device.lost;
  const codes = [
    await codeOf(async () => await rt.run(graph, { x })),
    await codeOf(async () => await rt.download(x)),
    await codeOf(async () => await rt.combine([{ tensor: x, scale: 1 }])),
    await codeOf(async () => await Promise.resolve(rt.upload(Float32Array.of(1), [1], 'f32'))),
    await codeOf(async () => await rt.load(new Uint8Array(4), {})),
  ];
  rt.dispose();
  opened = null;
  return codes;
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
