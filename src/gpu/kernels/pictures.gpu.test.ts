import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Size } from '../../base/units.ts';
import type { GpuContext } from '../context.ts';
import { outputOf, worstDifference } from '../testing/buffers.ts';
import { openTestContext } from '../testing/device.ts';
import { boxOf, maskOf } from '../testing/masks.ts';
import { coloursOf, recolour, testPicture } from '../testing/pictures.ts';
import type { Pixels } from '../pixels.ts';
import { compositePicture } from './composite/composite.cpu.ts';
import { compositeReference } from './composite/composite.reference.ts';
import { recordComposite } from './composite/composite.ts';
import { fitDetail, fitWholePicture } from './detail/detail.cpu.ts';
import type { DetailMap } from './detail/detail-map.ts';
import { detailReference } from './detail/detail.reference.ts';
import { recordDetail } from './detail/detail.ts';
import { rasteriseMask } from './mask/mask.cpu.ts';
import { resizeMask, resizePicture, resizeToPlanes } from './resize/resize.cpu.ts';
import { resizeReference } from './resize/resize.reference.ts';
import { recordResize, recordResizePicture } from './resize/resize.ts';

let context: GpuContext;
beforeAll(async () => {
  context = await openTestContext();
});
afterAll(() => context.dispose());

async function detailOnGpu(base: Pixels, edit: Pixels, detail: number): Promise<DetailMap> {
  const { width, height } = base;
  const floats = await outputOf(context, width * height * 12, (map, own) => {
    const pictures = { base: own(base.data), edit: own(edit.data), size: { width, height } };
    recordDetail(context, { ...pictures, whole: fitWholePicture(base, edit), detail, map });
  });
  return { width, height, coefficients: Float32Array.from(floats) };
}

async function compositeOnGpu(
  source: Pixels,
  map: DetailMap,
  mask: Uint8Array | null,
  amount: number,
): Promise<Uint8ClampedArray> {
  const { width, height } = source;
  const words = await outputOf(context, width * height, (output, own) => {
    recordComposite(context, {
      source: own(source.data),
      size: { width, height },
      map: own(map.coefficients),
      mapSize: { width: map.width, height: map.height },
      mask: mask === null ? null : own(mask),
      amount,
      output,
    });
  });
  return new Uint8ClampedArray(words.buffer);
}

const SIZES: readonly (readonly [Size, Size])[] = [
  [
    { width: 60, height: 33 },
    { width: 20, height: 11 },
  ],
  [
    { width: 61, height: 35 },
    { width: 17, height: 50 },
  ],
  [
    { width: 7, height: 5 },
    { width: 40, height: 3 },
  ],
  [
    { width: 1, height: 1 },
    { width: 4, height: 4 },
  ],
  [
    { width: 16, height: 16 },
    { width: 16, height: 16 },
  ],
];

describe('picture kernels', () => {
  it.each(SIZES)('resize matches float64 and its twin: %o to %o', async (from, to) => {
    const picture = testPicture(from.width, from.height);
    const area = to.width * to.height;
    const planes = await outputOf(context, area * 3, (output, own) => {
      const range = [-1, 1] as const;
      const call = { elem: 'f32', input: own(picture.data), from, to, channels: 3, range } as const;
      recordResize(context, { ...call, planes: output });
    });
    const expected = [0, 1, 2].flatMap((channel) => {
      const plane = picture.data.filter((_, i) => i % 4 === channel);
      return Array.from(resizeReference(plane, from, to), (value) => value / 127.5 - 1);
    });
    // Means of bytes in f32: within a thousandth of a level.
    expect(worstDifference(planes, expected).difference).toBeLessThan(0.001 / 127);
    const twin = resizeToPlanes(picture, to, [-1, 1]);
    expect(worstDifference(planes, twin).difference).toBeLessThan(0.001 / 127);
    const words = await outputOf(context, area, (output, own) => {
      recordResizePicture(context, { input: own(picture.data), from, to, output });
    });
    const bytes = new Uint8Array(words.buffer);
    expect(worstDifference(bytes, resizePicture(picture, to).data).difference).toBeLessThanOrEqual(
      1,
    );
  });

  it('resize takes masks', async () => {
    const [from, to] = [
      { width: 30, height: 21 },
      { width: 8, height: 9 },
    ];
    const shape = maskOf(boxOf('ellipse', [0.1, 0.2, 0.7, 0.6]), { feather: 0.2 });
    const mask = rasteriseMask(shape, from);
    const values = await outputOf(context, 72, (planes, own) => {
      const call = {
        elem: 'f32',
        input: own(mask),
        from,
        to,
        channels: 1,
        range: [0, 255],
      } as const;
      recordResize(context, { ...call, planes });
    });
    expect(worstDifference(values, resizeMask(mask, from, to)).difference).toBeLessThan(1e-3);
  });

  it('detail matches float64 and its twin', async () => {
    const base = testPicture(26, 19, 5, 20);
    const edit = recolour(base, ([r, g, b], x) =>
      x < 13 ? [0.8 * r + 30, 0.7 * g + 0.1 * r, 0.6 * b] : [90, 40, 200 - x],
    );
    const { coefficients } = await detailOnGpu(base, edit, 0.8);
    // Variances of 16,384 levels squared carry 2^-10 in f32, against ridges of 1 and 9.
    const expected = detailReference(base, edit, 0.8);
    expect(worstDifference(coefficients, expected).difference).toBeLessThan(0.3);
    const gains = (values: ArrayLike<number>): number[] =>
      Array.from(values).filter((_, i) => i % 4 !== 3);
    expect(worstDifference(gains(coefficients), gains(expected)).difference).toBeLessThan(2e-3);
    const source = testPicture(78, 57, 5, 20);
    const shown = await compositeOnGpu(source, { width: 26, height: 19, coefficients }, null, 1);
    const twin = compositePicture(source, fitDetail(base, edit, 0.8), null, 1);
    expect(worstDifference(shown, twin.data).difference).toBeLessThanOrEqual(1);
  });

  it('detail gives the source bit for bit where the edit is the base', async () => {
    const base = testPicture(41, 30, 2, 40);
    const source = testPicture(123, 90, 7, 40);
    const map = await detailOnGpu(base, base, 1);
    expect(await compositeOnGpu(source, map, null, 1)).toEqual(source.data);
  });

  it('composite matches float64 and its twin, and keeps what the mask keeps', async () => {
    const source = testPicture(50, 40);
    const base = testPicture(16, 12, 4);
    const map = fitDetail(
      base,
      recolour(base, ([r, g, b]) => [255 - r, g * 0.5, b]),
      1,
    );
    const shape = maskOf(boxOf('ellipse', [0.2, 0.2, 0.5, 0.5]), { feather: 0.2 });
    const mask = rasteriseMask(shape, source);
    const shown = await compositeOnGpu(source, map, mask, 0.8);
    const colours = shown.filter((_, i) => i % 4 !== 3);
    const expected = compositeReference(source, map, mask, 0.8);
    expect(worstDifference(colours, expected).difference).toBeLessThan(0.51);
    const twin = compositePicture(source, map, mask, 0.8);
    expect(worstDifference(colours, coloursOf(twin)).difference).toBeLessThanOrEqual(1);
    const isKept = (i: number): boolean => mask[i >> 2] === 0;
    expect(shown.filter((_, i) => isKept(i))).toEqual(source.data.filter((_, i) => isKept(i)));
  });
});
