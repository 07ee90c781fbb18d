import type { Size } from '../../../base/units.ts';

/** One channel of bytes or floats at another size, by definition, in float64; the oracle of the tests. */
export function resizeReference(values: ArrayLike<number>, from: Size, to: Size): Float64Array {
  const output = new Float64Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      let sum = 0;
      for (let row = 0; row < from.height; row++) {
        const down = weight(row, y, from.height, to.height);
        for (let column = 0; down > 0 && column < from.width; column++) {
          const across = weight(column, x, from.width, to.width);
          sum += down * across * (values[row * from.width + column] ?? Number.NaN);
        }
      }
      output[y * to.width + x] = sum;
    }
  }
  return output;
}

/** How much input `input` counts for output `at` along one axis. */
function weight(input: number, at: number, from: number, to: number): number {
  if (to < from) {
    const ratio = from / to;
    const covered = Math.min(input + 1, (at + 1) * ratio) - Math.max(input, at * ratio);
    return Math.max(0, covered) / ratio;
  }
  const place = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
  return Math.max(0, 1 - Math.abs(place - input));
}
