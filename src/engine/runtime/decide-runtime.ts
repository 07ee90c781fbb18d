import { AppError } from '../../base/error.ts';
import type {
  AdapterFacts,
  MachineFacts,
  RuntimeChoice,
  RuntimeInfo,
} from '../../protocol/engine.ts';

type AdapterInfo = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
  readonly isFallbackAdapter?: boolean;
};

const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render/i;

/** The adapter in words. Browsers fill in only some of the fields. */
export function describeAdapter(info: AdapterInfo): AdapterFacts {
  const { vendor, architecture, device, description } = info;
  const parts = description === '' ? [vendor, architecture, device] : [description];
  const words = parts.filter((part) => part !== '');
  return {
    name: words.length === 0 ? 'GPU' : words.join(' '),
    isSoftware:
      info.isFallbackAdapter === true ||
      SOFTWARE_NAMES.test([vendor, architecture, device, description].join(' ')),
  };
}

const TURN_ON =
  'In Chrome, switch on “Use graphics acceleration when available” under Settings › System and restart it; ' +
  'the page must come from https or localhost.';

function whyNoGpu({ hasWebGpu, adapter }: MachineFacts): string | null {
  if (!hasWebGpu) {
    return `This browser offers no WebGPU here. ${TURN_ON}`;
  }
  if (adapter === null) {
    return `WebGPU is there but found no graphics card. ${TURN_ON}`;
  }
  return null;
}

/**
 * The runtime for a choice and a machine. `auto` takes a real GPU and else the processor; a GPU that was asked for and
 * is missing is an error, never a silent change of runtime.
 */
export function decideRuntime(choice: RuntimeChoice, facts: MachineFacts): RuntimeInfo {
  const cpu = `Processor, ${facts.threads} ${facts.threads === 1 ? 'thread' : 'threads'}`;
  if (choice === 'cpu') {
    return { kind: 'cpu', device: cpu, reason: 'The processor was chosen by hand.' };
  }
  const missing = whyNoGpu(facts);
  if (missing !== null || facts.adapter === null) {
    if (choice === 'webgpu') {
      throw new AppError('gpu/unavailable', missing ?? '');
    }
    return { kind: 'cpu', device: cpu, reason: missing ?? '' };
  }
  const { name, isSoftware } = facts.adapter;
  if (choice === 'webgpu') {
    return { kind: 'webgpu', device: name, reason: 'WebGPU was chosen by hand.' };
  }
  if (isSoftware) {
    return {
      kind: 'cpu',
      device: cpu,
      reason: `The only graphics adapter (${name}) is emulated in software, which is slower than the processor itself.`,
    };
  }
  return { kind: 'webgpu', device: name, reason: 'A graphics card with WebGPU was found.' };
}

/** Looks at this machine; asks for an adapter only where the answer matters. */
export async function inspectMachine(
  choice: RuntimeChoice,
  threads: number,
): Promise<MachineFacts> {
  // Typed as always there, missing in insecure contexts and older browsers.
  const gpu = (navigator as { readonly gpu?: GPU }).gpu;
  if (gpu === undefined || choice === 'cpu') {
    return { hasWebGpu: gpu !== undefined, adapter: null, threads };
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return {
    hasWebGpu: true,
    adapter: adapter === null ? null : describeAdapter(adapter.info),
    threads,
  };
}
