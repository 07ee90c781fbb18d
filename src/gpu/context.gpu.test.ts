import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GpuContext } from './context.ts';
import { copyKernel, recordCopyBlocks } from './kernels/copy/copy.ts';
import { recordCombine } from './kernels/combine/combine.ts';
import { bufferOf, readFloats } from './testing/buffers.ts';
import { openTestContext, openTestDevice } from './testing/device.ts';

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

function double(input: GPUBuffer, output: GPUBuffer, count: number): void {
  const terms = [{ buffer: input, scale: 2 }];
  recordCombine(context, { elem: 'f32', terms, entries: 1, perEntry: count, output });
}

describe('GpuContext', () => {
  it('keeps the order of recorded work, writes and reuse of buffers', async () => {
    const input = bufferOf(context, Float32Array.of(1, 2, 3));
    const first = context.createBuffer(12, 'first');
    double(input, first, 3);
    const second = context.createBuffer(12, 'second');
    double(first, second, 3);
    context.release(first);
    const reused = context.createBuffer(12, 'reused');
    expect(reused).toBe(first);
    context.write(reused, Float32Array.of(100, 100, 100));
    double(reused, input, 3);
    expect([...(await readFloats(context, second, 3))]).toEqual([4, 8, 12]);
    expect([...(await readFloats(context, input, 3))]).toEqual([200, 200, 200]);
    [input, second, reused].forEach((buffer) => context.release(buffer));
  });

  it('runs thousands of dispatches, more than its parameter space holds', async () => {
    const buffers = [
      bufferOf(context, Float32Array.of(1)),
      context.createBuffer(4, 'other'),
    ] as const;
    for (let i = 0; i < 3000; i++) {
      const terms = [{ buffer: buffers[i % 2 === 0 ? 0 : 1], scale: i % 2 === 0 ? 2 : 0.5 }];
      const output = buffers[i % 2 === 0 ? 1 : 0];
      recordCombine(context, { elem: 'f32', terms, entries: 1, perEntry: 1, output });
    }
    expect([...(await readFloats(context, buffers[0], 1))]).toEqual([1]);
    buffers.forEach((buffer) => context.release(buffer));
  });

  it('counts bytes, and refuses past its cap with the numbers', async () => {
    const device = await openTestDevice();
    const small = new GpuContext({ device, ownsDevice: true, capBytes: 4096 });
    const buffer = small.createBuffer(3000, 'one');
    expect(small.bytes.live).toBe(buffer.size);
    expect(() => small.createBuffer(2000, 'two')).toThrow(/two needs 2048 bytes, 3072 of 4096/);
    small.release(buffer);
    expect(small.bytes).toEqual({ live: 0, peak: 3072, idle: 3072 });
    expect(() => small.release(buffer)).toThrow(/given back twice/);
    small.dispose();
  });

  it('frees idle buffers past its limit only after work that names them', async () => {
    const device = await openTestDevice();
    const small = new GpuContext({ device, ownsDevice: true, idleBytes: 0 });
    const result = await small.guard('test', async () => {
      const input = bufferOf(small, Float32Array.of(5));
      const output = small.createBuffer(4, 'output');
      const layout = { blocks: 1, inner: 1, inputStride: 1, outputStride: 1 };
      recordCopyBlocks(small, { elem: 'u32', input, output, ...layout });
      small.release(input);
      return await readFloats(small, output, 1);
    });
    expect([...result]).toEqual([5]);
    small.dispose();
  });

  it('turns a validation error of a phase into its code, and works on', async () => {
    const buffer = context.createBuffer(256, 'short');
    const other = context.createBuffer(256, 'other');
    const failing = context.guard('decode', () => context.copy(buffer, 0, other, 0, 4096));
    await expect(failing).rejects.toMatchObject({ code: 'gpu/validation' });
    await expect(failing).rejects.toThrow(/decode/);
    await expect(context.guard('next', () => 7)).resolves.toBe(7);
    [buffer, other].forEach((used) => context.release(used));
  });

  it('reports running out of memory as such', async () => {
    const limit = context.device.limits.maxBufferSize;
    expect(() => context.createBuffer(limit + 4, 'huge')).toThrow(
      expect.objectContaining({ code: 'gpu/out-of-memory' }),
    );
    // No adapter runs out of memory on demand: one scope's answer is replaced.
    const { device } = context;
    const pop = device.popErrorScope.bind(device);
    let scopes = 0;
    device.popErrorScope = async (): Promise<GPUError | null> => {
      await pop();
      scopes += 1;
      return scopes === 1
        ? new GPUValidationError('follows from it')
        : new GPUOutOfMemoryError('bank of 3 GB');
    };
    const failing = context.guard('gather', () => 1);
    await expect(failing).rejects.toMatchObject({ code: 'gpu/out-of-memory' });
    await expect(failing).rejects.toThrow(/gather: bank of 3 GB/);
    Reflect.deleteProperty(device, 'popErrorScope');
    await expect(context.guard('next', () => 2)).resolves.toBe(2);
  });

  it('keeps an error that nobody guarded for the next call', async () => {
    context.device.createBuffer({ size: 4, usage: 0 });
    await context.device.queue.onSubmittedWorkDone();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(() => context.flush()).toThrow(expect.objectContaining({ code: 'gpu/validation' }));
    expect(() => context.flush()).not.toThrow();
  });

  it('says which kernel did not compile', async () => {
    const broken = { ...copyKernel, name: 'broken', source: 'fn main( {}' };
    const placeholder = context.placeholder;
    const failing = context.guard('test', () =>
      context.dispatch({
        kernel: broken,
        elem: 'f32',
        bindings: [{ data: new Uint32Array(8) }, placeholder.read, placeholder.write],
        workgroups: [1, 1, 1],
        cost: 1,
      }),
    );
    await expect(failing).rejects.toMatchObject({ code: 'gpu/validation' });
  });

  it('reports a lost device and refuses further work', async () => {
    const lonely = new GpuContext({ device: await openTestDevice(), ownsDevice: true });
    lonely.device.destroy();
    expect((await lonely.lost).code).toBe('gpu/device-lost');
    expect(() => lonely.createBuffer(4, 'late')).toThrow(
      expect.objectContaining({ code: 'gpu/device-lost' }),
    );
    await expect(lonely.guard('late', () => 1)).rejects.toMatchObject({ code: 'gpu/device-lost' });
    lonely.dispose();
  });

  it('destroys a device that it owns, and leaves others alone', async () => {
    const device = await openTestDevice();
    new GpuContext({ device, ownsDevice: false }).dispose();
    const owner = new GpuContext({ device, ownsDevice: true });
    const buffer = bufferOf(owner, Float32Array.of(3));
    expect([...(await readFloats(owner, buffer, 1))]).toEqual([3]);
    owner.dispose();
    expect((await device.lost).reason).toBe('destroyed');
  });
});
