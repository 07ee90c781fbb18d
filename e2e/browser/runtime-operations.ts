import { gaussian } from '../../src/base/rng.ts';
import type { Tensor, TensorRuntime } from '../../src/engine/runtime/tensor-runtime.ts';
import { disposeAll, uniform, type Comparison } from './runtime-attention.ts';
import { largestDifference } from './runtime-oracle.ts';

export function normal(stream: number, shape: readonly number[]): Float32Array<ArrayBuffer> {
  return gaussian(
    7,
    [stream, 1, 0],
    shape.reduce((product, size) => product * size, 1),
  );
}

export function floats(
  rt: TensorRuntime,
  values: ArrayLike<number>,
  shape: readonly number[],
): Tensor {
  return rt.upload(Float32Array.from(values), shape, 'f32');
}

/** Downloads, compares, disposes. */
export async function compare(
  rt: TensorRuntime,
  name: string,
  result: Tensor,
  shape: readonly number[],
  wanted: ArrayLike<number>,
  tolerance: number,
): Promise<Comparison> {
  const got = await rt.download(result);
  const isRightShape = JSON.stringify(result.shape) === JSON.stringify(shape);
  result.dispose();
  return { name, error: isRightShape ? largestDifference(got, wanted) : Infinity, tolerance };
}

/** Float32 sums of at most six terms of size 1; moving values about is exact. */
const SUM_TOLERANCE = 2e-6;

async function combineCases(rt: TensorRuntime): Promise<Comparison[]> {
  const shape = [3, 5, 7];
  const arrays = Array.from({ length: 6 }, (_, i) => normal(i, shape));
  const tensors = arrays.map((array) => floats(rt, array, shape));
  const perEntry = [0.5, -2, 0];
  const results: Comparison[] = [];
  for (const count of [1, 2, 3, 6]) {
    const scales = arrays.slice(0, count).map((_, i) => (i === 1 ? perEntry : 1.25 - i * 0.5));
    const wanted = arrays[0]?.map((_, place) =>
      scales.reduce<number>((sum, scale, i) => {
        const factor = typeof scale === 'number' ? scale : (scale[Math.floor(place / 35)] ?? NaN);
        return sum + factor * (arrays[i]?.[place] ?? NaN);
      }, 0),
    );
    const terms = scales.map((scale, i) => ({ tensor: tensors[i] as Tensor, scale }));
    const result = await rt.combine(terms);
    results.push(await compare(rt, `combine ${count}`, result, shape, wanted ?? [], SUM_TOLERANCE));
  }
  disposeAll(tensors);
  return results;
}

async function layoutCases(rt: TensorRuntime): Promise<Comparison[]> {
  const shape = [2, 3, 4];
  const values = Array.from({ length: 24 }, (_, i) => i + 0.5);
  const tensor = floats(rt, values, shape);
  const value = (i: number, j: number, k: number) => values[(i * 3 + j) * 4 + k] ?? NaN;
  const grid = (
    size: readonly number[],
    fn: (i: number, j: number, k: number) => number,
  ): number[] => {
    const [a = 0, b = 0, c = 0] = size;
    return Array.from({ length: a * b * c }, (_, at) =>
      fn(Math.floor(at / (b * c)), Math.floor(at / c) % b, at % c),
    );
  };
  const other = await rt.slice(tensor, 1, 1, 3);
  const results = [
    await compare(
      rt,
      'concat axis 0',
      await rt.concat([tensor, tensor], 0),
      [4, 3, 4],
      grid([4, 3, 4], (i, j, k) => value(i % 2, j, k)),
      0,
    ),
    await compare(
      rt,
      'concat axis 1',
      await rt.concat([tensor, other], 1),
      [2, 5, 4],
      grid([2, 5, 4], (i, j, k) => value(i, j < 3 ? j : j - 2, k)),
      0,
    ),
    await compare(
      rt,
      'concat axis 2, three parts',
      await rt.concat([tensor, tensor, tensor], 2),
      [2, 3, 12],
      grid([2, 3, 12], (i, j, k) => value(i, j, k % 4)),
      0,
    ),
    await compare(
      rt,
      'slice axis 0',
      await rt.slice(tensor, 0, 1, 2),
      [1, 3, 4],
      grid([1, 3, 4], (_, j, k) => value(1, j, k)),
      0,
    ),
    await compare(
      rt,
      'slice axis 2',
      await rt.slice(tensor, 2, 1, 3),
      [2, 3, 2],
      grid([2, 3, 2], (i, j, k) => value(i, j, k + 1)),
      0,
    ),
    await compare(
      rt,
      'repeat',
      await rt.repeat(tensor, 3),
      [6, 3, 4],
      grid([6, 3, 4], (i, j, k) => value(i % 2, j, k)),
      0,
    ),
  ];
  disposeAll([tensor, other]);
  return results;
}

/** A reshaped tensor keeps its data after the first one is gone, and the other way round. */
async function lifetimeCases(rt: TensorRuntime): Promise<Comparison[]> {
  const before = rt.bytes.live;
  const first = floats(rt, [1, 2, 3, 4, 5, 6], [2, 3]);
  const second = rt.reshape(first, [3, 2]);
  const third = rt.reshape(second, [6]);
  const held = rt.bytes.live - before;
  first.dispose();
  third.dispose();
  const result = await compare(
    rt,
    'reshape outlives its source',
    second,
    [3, 2],
    [1, 2, 3, 4, 5, 6],
    0,
  );
  return [
    result,
    { name: 'reshape costs no bytes', error: Math.abs(held - 24), tolerance: 0 },
    { name: 'the last owner frees', error: Math.abs(rt.bytes.live - before), tolerance: 0 },
  ];
}

async function typeCases(rt: TensorRuntime): Promise<Comparison[]> {
  const half = rt.upload(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0, 0x3555), [6], 'f16');
  return [
    await compare(rt, 'f16', half, [6], [1, -2, 2 ** -24, 65504, 0, 0.333251953125], 0),
    await compare(
      rt,
      'i32',
      rt.upload(Int32Array.of(-5, 0, 49407), [3], 'i32'),
      [3],
      [-5, 0, 49407],
      0,
    ),
    await compare(rt, 'u8', rt.upload(Uint8Array.of(0, 7, 255), [3], 'u8'), [3], [0, 7, 255], 0),
    await compare(
      rt,
      'rgba8',
      rt.upload(Uint8Array.of(1, 2, 3, 255), [1, 1, 4], 'rgba8'),
      [1, 1, 4],
      [1, 2, 3, 255],
      0,
    ),
  ];
}

async function mixCases(rt: TensorRuntime): Promise<Comparison[]> {
  const shape = [2, 3, 4, 5];
  const a = normal(20, shape);
  const b = normal(21, shape);
  const mask = uniform(22, 40);
  const wanted = a.map((low, i) => {
    const frame = Math.floor(i / 60);
    const weight = mask[frame * 20 + (i % 20)] ?? NaN;
    return low + weight * ((b[i] ?? NaN) - low);
  });
  const tensors = [
    floats(rt, a, shape),
    floats(rt, b, shape),
    floats(rt, mask, [2, 1, 4, 5]),
  ] as const;
  const result = await compare(rt, 'mix', await rt.mix(...tensors), shape, wanted, SUM_TOLERANCE);
  disposeAll(tensors);
  return [result];
}

async function momentsCases(rt: TensorRuntime): Promise<Comparison[]> {
  const count = 5000;
  const values = gaussian(3, [0, 0, 0], 3 * count).map(
    (value, i) => value * 2 + Math.floor(i / count) * 10,
  );
  const tensor = floats(rt, values, [3, 50, 100]);
  const moments = await rt.moments(tensor);
  tensor.dispose();
  const wanted = [0, 1, 2].map((entry) => {
    const part = values.subarray(entry * count, (entry + 1) * count);
    const mean = part.reduce((sum, value) => sum + value, 0) / count;
    return {
      mean,
      std: Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count),
    };
  });
  const flat = (list: readonly { mean: number; std: number }[]) =>
    list.flatMap(({ mean, std }) => [mean, std]);
  // Means of up to 20 summed in float32 trees on a GPU.
  return [
    { name: 'moments', error: largestDifference(flat(moments), flat(wanted)), tolerance: 3e-5 },
  ];
}

async function pictureCases(rt: TensorRuntime): Promise<Comparison[]> {
  const levels = [-1.5, -1, -0.999, -0.25, 0, 0.1, 0.9999, 1, 7];
  const image = [...levels, ...levels.toReversed(), ...levels.map((value) => value / 2)];
  const tensor = floats(rt, [...image, ...image.map((value) => -value)], [2, 3, 1, 9]);
  const pictures = await rt.toPictures(tensor, [-1, 1]);
  tensor.dispose();
  const unit = floats(rt, image, [1, 3, 3, 3]);
  const unitPictures = await rt.toPictures(unit, [0, 1]);
  unit.dispose();
  const expected = (planes: readonly number[], low: number): number[] =>
    levels.flatMap((_, i) => [
      ...[0, 1, 2].map((channel) => {
        const value = ((Math.fround(planes[channel * 9 + i] ?? NaN) - low) / (1 - low)) * 255;
        return Math.min(255, Math.max(0, Math.floor(value + 0.5)));
      }),
      255,
    ]);
  return [
    {
      name: 'picture 1 of 2',
      error: largestDifference(pictures[0] ?? [], expected(image, -1)),
      tolerance: 0,
    },
    {
      name: 'picture 2 of 2',
      error: largestDifference(
        pictures[1] ?? [],
        expected(
          image.map((v) => -v),
          -1,
        ),
      ),
      tolerance: 0,
    },
    {
      name: 'picture of range 0 to 1',
      error: largestDifference(unitPictures[0] ?? [], expected(image, 0)),
      tolerance: 0,
    },
    { name: 'number of pictures', error: Math.abs(pictures.length - 2), tolerance: 0 },
  ];
}

/** All but attention and graphs. */
export async function compareOperations(rt: TensorRuntime): Promise<Comparison[]> {
  return [
    ...(await combineCases(rt)),
    ...(await layoutCases(rt)),
    ...(await lifetimeCases(rt)),
    ...(await typeCases(rt)),
    ...(await mixCases(rt)),
    ...(await momentsCases(rt)),
    ...(await pictureCases(rt)),
  ];
}
