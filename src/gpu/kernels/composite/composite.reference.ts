import type { Pixels } from '../../pixels.ts';
import type { DetailMap } from '../detail/detail-map.ts';
import { resizeReference } from '../resize/resize.reference.ts';

/** Red, green, blue of the shown picture, not rounded, in float64; the oracle of the tests. For maps smaller than the source. */
export function compositeReference(
  source: Pixels,
  map: DetailMap,
  mask: ArrayLike<number> | null,
  amount: number,
): Float64Array {
  const planes = Array.from({ length: 12 }, (_, i) =>
    resizeReference(
      map.coefficients.filter((_value, index) => index % 12 === i),
      map,
      source,
    ),
  );
  const output = new Float64Array(source.width * source.height * 3);
  for (let pixel = 0; pixel < source.width * source.height; pixel++) {
    const colour = [...source.data.subarray(pixel * 4, pixel * 4 + 3), 1];
    const blend = amount * (mask === null ? 1 : (mask[pixel] ?? Number.NaN) / 255);
    for (let channel = 0; channel < 3; channel++) {
      const edited = colour.reduce(
        (sum, value, k) => sum + value * (planes[channel * 4 + k]?.[pixel] ?? Number.NaN),
        0,
      );
      const from = colour[channel] ?? Number.NaN;
      output[pixel * 3 + channel] = from + blend * (Math.min(255, Math.max(0, edited)) - from);
    }
  }
  return output;
}
