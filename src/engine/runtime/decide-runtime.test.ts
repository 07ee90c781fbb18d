import { describe, expect, it } from 'vitest';
import { AppError } from '../../base/error.ts';
import type { MachineFacts } from '../../protocol/engine.ts';
import { decideRuntime, describeAdapter } from './decide-runtime.ts';

const CARD = { name: 'nvidia ampere', isSoftware: false };
const SOFT = { name: 'google swiftshader', isSoftware: true };
const machine = (changes: Partial<MachineFacts>): MachineFacts => ({
  hasWebGpu: true,
  adapter: CARD,
  threads: 2,
  ...changes,
});

describe('decideRuntime', () => {
  it('takes a real GPU by itself', () => {
    expect(decideRuntime('auto', machine({}))).toEqual({
      kind: 'webgpu',
      device: 'nvidia ampere',
      reason: 'A graphics card with WebGPU was found.',
    });
  });

  it('counts a software adapter as no GPU unless it is forced', () => {
    const facts = machine({ adapter: SOFT });
    expect(decideRuntime('auto', facts)).toMatchObject({ kind: 'cpu' });
    expect(decideRuntime('auto', facts).reason).toContain('google swiftshader');
    expect(decideRuntime('webgpu', facts)).toMatchObject({
      kind: 'webgpu',
      device: 'google swiftshader',
    });
  });

  it('says how to turn WebGPU on where it is missing', () => {
    const facts = machine({ hasWebGpu: false, adapter: null, threads: 1 });
    const info = decideRuntime('auto', facts);
    expect(info).toMatchObject({ kind: 'cpu', device: 'Processor, 1 thread' });
    expect(info.reason).toContain('Settings › System');
  });

  it('refuses a GPU that was asked for and is not there', () => {
    const facts = machine({ adapter: null });
    expect(() => decideRuntime('webgpu', facts)).toThrow(AppError);
    expect(() => decideRuntime('webgpu', facts)).toThrow(/found no graphics card/);
  });

  it('keeps to the processor when told to', () => {
    expect(decideRuntime('cpu', machine({}))).toMatchObject({
      kind: 'cpu',
      device: 'Processor, 2 threads',
    });
  });
});

describe('describeAdapter', () => {
  const info = (changes: object) => ({
    vendor: '',
    architecture: '',
    device: '',
    description: '',
    ...changes,
  });

  it('joins what the browser gives away', () => {
    expect(describeAdapter(info({ vendor: 'nvidia', architecture: 'ampere' }))).toEqual(CARD);
    expect(describeAdapter(info({ vendor: 'x', description: 'Big Card' })).name).toBe('Big Card');
    expect(describeAdapter(info({})).name).toBe('GPU');
  });

  it('knows software adapters by flag and by name', () => {
    expect(describeAdapter(info({ isFallbackAdapter: true })).isSoftware).toBe(true);
    expect(describeAdapter(info({ vendor: 'google', architecture: 'swiftshader' }))).toEqual(SOFT);
    expect(describeAdapter(info({ description: 'llvmpipe (LLVM 19)' })).isSoftware).toBe(true);
    expect(describeAdapter(info({ vendor: 'apple', architecture: 'metal-3' })).isSoftware).toBe(
      false,
    );
  });
});
