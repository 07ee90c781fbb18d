import type * as Ort from 'onnxruntime-web';
import webgpuGlueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import webgpuBinaryUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import cpuGlueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import cpuBinaryUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { RuntimeKind } from '../../protocol/engine.ts';
import { memoise } from '../../base/task-queue.ts';

export type OrtModule = typeof Ort;

const MAX_THREADS = 8;

/**
 * Two builds of the same release, each fetched only where it is used: `cpu` has no WebGPU inside (14 MB against 27 MB),
 * `webgpu` is the native provider (asyncify; not JSEP). Glue and binary come from our own origin, and the
 * paths are given so that both stay files of the same version.
 */
const BUILDS: Record<RuntimeKind, { load: () => Promise<OrtModule>; mjs: string; wasm: string }> = {
  cpu: {
    load: async () => await import('onnxruntime-web/wasm'),
    mjs: cpuGlueUrl,
    wasm: cpuBinaryUrl,
  },
  webgpu: {
    load: async () => await import('onnxruntime-web/webgpu'),
    mjs: webgpuGlueUrl,
    wasm: webgpuBinaryUrl,
  },
};

/** Threads of the WASM provider: shared memory needs cross-origin isolation. */
export function countThreads(): number {
  return crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MAX_THREADS) : 1;
}

async function loadBuild(kind: RuntimeKind): Promise<OrtModule> {
  const build = BUILDS[kind];
  const ort = await build.load();
  ort.env.wasm.proxy = false;
  ort.env.wasm.numThreads = countThreads();
  ort.env.wasm.wasmPaths = {
    mjs: new URL(build.mjs, location.href).href,
    wasm: new URL(build.wasm, location.href).href,
  };
  ort.env.logLevel = 'error';
  return ort;
}

const loaders = {
  cpu: memoise(() => loadBuild('cpu')),
  webgpu: memoise(() => loadBuild('webgpu')),
};

/** ONNX Runtime of this thread, set up but without a session yet. */
export async function loadOrt(kind: RuntimeKind): Promise<OrtModule> {
  return await loaders[kind]();
}
