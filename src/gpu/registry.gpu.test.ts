import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, shaderText, variantLabel } from './kernel.ts';
import { attentionKernel } from './kernels/attention/attention-kernels.ts';
import { PipelineCache } from './pipeline-cache.ts';
import { KERNELS } from './registry.ts';
import { openTestDevice } from './testing/device.ts';

const CASES = KERNELS.flatMap((kernel) =>
  kernel.elems.flatMap((elem) =>
    kernel.variants.map((constants) => ({
      label: variantLabel(kernel, elem, constants),
      kernel,
      elem,
      constants,
    })),
  ),
);

describe('every kernel and variant', () => {
  let device: GPUDevice;
  beforeAll(async () => {
    device = await openTestDevice('null');
  });
  afterAll(() => device.destroy());

  it.each(CASES)(
    '$label compiles within the default limits',
    async ({ kernel, elem, constants }) => {
      const failures: Error[] = [];
      const cache = new PipelineCache(device, (error) => failures.push(error));
      cache.get(kernel, elem, constants);
      await cache.settled();
      expect(failures).toEqual([]);
      const storage = kernel.bindings.filter((kind) => kind !== 'uniform');
      expect(storage.length).toBeLessThanOrEqual(DEFAULT_LIMITS.storageBuffers);
    },
  );

  it('reports a broken shader with its line and forgets it', async () => {
    const failures: Error[] = [];
    const cache = new PipelineCache(device, (error) => failures.push(error));
    const broken = { ...attentionKernel, name: 'broken', source: '\n\nfn main( {}' };
    cache.get(broken, 'f32', {});
    await cache.settled();
    expect(failures.map((failure) => failure.message).join()).toMatch(/broken f32[^]*line 3/);
    expect(cache.size).toBe(0);
  });

  it('rejects a constant that the shader does not have', async () => {
    const failures: Error[] = [];
    const cache = new PipelineCache(device, (error) => failures.push(error));
    cache.get(attentionKernel, 'f32', { NO_SUCH_CONSTANT: 1 });
    await cache.settled();
    expect(failures.map((failure) => failure.message).join()).toContain('NO_SUCH_CONSTANT');
  });

  it('differs between element types only in the prelude', () => {
    const kernel = attentionKernel;
    const [f32, f16] = [shaderText(kernel, 'f32'), shaderText(kernel, 'f16')];
    expect(f32.split('\n').slice(2)).toEqual(f16.split('\n').slice(2));
  });
});
