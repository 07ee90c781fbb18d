import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GpuContext } from '../../context.ts';
import { worstDifference } from '../../testing/buffers.ts';
import { openTestContext } from '../../testing/device.ts';
import { arbitraryMaskShape, boxOf, maskOf } from '../../testing/masks.ts';
import { rasteriseMask } from './mask.cpu.ts';
import { maskReference } from './mask.reference.ts';
import { recordMask } from './mask.ts';
import type { MaskShape } from './mask-shape.ts';

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

const SIZE = { width: 45, height: 31 };

async function onGpu(shape: MaskShape, size = SIZE): Promise<Uint8Array> {
  return await context.guard('mask test', async () => {
    const count = size.width * size.height;
    const output = context.createBuffer(Math.ceil(count / 4) * 4, 'mask');
    recordMask(context, { shape, size, output });
    const bytes = new Uint8Array(await context.read(output, count));
    context.release(output);
    return bytes;
  });
}

/** f32 places are off by some 1e-5 pixels, which tips a rounding now and then. */
const OF_TWIN = 1;

describe('masks on the GPU', () => {
  it.each([
    maskOf(boxOf('rectangle', [0.1, 0.2, 0.5, 0.45])),
    maskOf(boxOf('rectangle', [-0.1, 0.33, 0.5, 0.3]), { feather: 0.3, invert: true }),
    maskOf(boxOf('ellipse', [0.1, 0.2, 0.7, 0.6]), { feather: 0.15 }),
    maskOf(boxOf('ellipse', [0.1, 0.2, 0.02, 1.6]), { invert: true }),
    maskOf(boxOf('ellipse', [0.1, 0.2, 0, 1]), { invert: true }),
  ])('match float64 to half a level for boxes: %o', async (shape) => {
    const bytes = await onGpu(shape);
    expect(worstDifference(bytes, maskReference(shape, SIZE)).difference).toBeLessThan(0.51);
    expect(worstDifference(bytes, rasteriseMask(shape, SIZE)).difference).toBeLessThanOrEqual(
      OF_TWIN,
    );
  });

  it('match their twin within one level, whatever is combined', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryMaskShape, async (shape) => {
        const worst = worstDifference(await onGpu(shape), rasteriseMask(shape, SIZE));
        expect(worst.difference).toBeLessThanOrEqual(OF_TWIN);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('take more edges than fit beside the parameters', async () => {
    const points = Array.from({ length: 9_000 }, (_, i) => {
      return { x: 0.5 + 0.4 * Math.cos(i / 90), y: 0.5 + (0.4 * i) / 9_000 };
    });
    const stroke = { points, size: 0.05, softness: 0.5, erase: false };
    const shape = maskOf({ combine: 'add', shape: 'brush', strokes: [stroke] });
    const size = { width: 24, height: 16 };
    const worst = worstDifference(await onGpu(shape, size), rasteriseMask(shape, size));
    expect(worst.difference).toBeLessThanOrEqual(OF_TWIN);
  });
});
