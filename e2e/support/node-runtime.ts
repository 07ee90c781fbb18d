import * as ort from 'onnxruntime-web/wasm';
import { CpuRuntime } from '../../src/engine/runtime/cpu-runtime.ts';

/** The runtime of the processor as the browser has it, one thread, in Node; the caller owns it. */
export function createNodeRuntime(): CpuRuntime {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return new CpuRuntime(ort, { kind: 'cpu', device: 'Node', reason: 'a test' });
}
