/* Oracles of the small tensor kernels, by definition, in float64. */

export type ReferenceTensor = {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
};

export function combineReference(
  terms: readonly { data: ArrayLike<number>; scale: number | readonly number[] }[],
  entries: number,
  perEntry: number,
): Float64Array {
  return Float64Array.from({ length: entries * perEntry }, (_, i) =>
    terms.reduce((sum, { data, scale }) => {
      const factor = typeof scale === 'number' ? scale : valueAt(scale, Math.floor(i / perEntry));
      return sum + factor * valueAt(data, i);
    }, 0),
  );
}

export function mixReference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  mask: ArrayLike<number>,
  channels: number,
  area: number,
): Float64Array {
  return Float64Array.from({ length: a.length }, (_, i) => {
    const entry = Math.floor(i / (channels * area));
    const amount = valueAt(mask, entry * area + (i % area));
    return valueAt(a, i) * (1 - amount) + valueAt(b, i) * amount;
  });
}

/** Mean and population standard deviation of each entry, one after the other. */
export function momentsReference(data: ArrayLike<number>, entries: number): Float64Array {
  const perEntry = data.length / entries;
  const output = new Float64Array(entries * 2);
  for (let entry = 0; entry < entries; entry++) {
    const values = Array.from({ length: perEntry }, (_, i) => valueAt(data, entry * perEntry + i));
    const mean = values.reduce((sum, value) => sum + value, 0) / perEntry;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / perEntry;
    output.set([mean, Math.sqrt(variance)], entry * 2);
  }
  return output;
}

export function concatReference(parts: readonly ReferenceTensor[], axis: number): number[] {
  const [first] = parts;
  const lines = product(first?.shape.slice(0, axis) ?? []);
  const output: number[] = [];
  for (let line = 0; line < lines; line++) {
    for (const { shape, data } of parts) {
      const run = product(shape.slice(axis));
      output.push(...Array.from(data).slice(line * run, (line + 1) * run));
    }
  }
  return output;
}

export function sliceReference(
  input: ReferenceTensor,
  axis: number,
  from: number,
  to: number,
): number[] {
  const inner = product(input.shape.slice(axis + 1));
  const size = input.shape[axis] ?? 0;
  return Array.from(input.data).filter((_, i) => {
    const place = Math.floor(i / inner) % size;
    return place >= from && place < to;
  });
}

/** Bytes of planes [3, area] in low..high, as RGBA. */
export function toPicturesReference(
  planes: ArrayLike<number>,
  [low, high]: readonly [number, number],
): number[] {
  const area = planes.length / 3;
  return Array.from({ length: area * 4 }, (_, i) => {
    if (i % 4 === 3) {
      return 255;
    }
    const value = valueAt(planes, (i % 4) * area + Math.floor(i / 4));
    return Math.floor(Math.min(255, Math.max(0, ((value - low) / (high - low)) * 255)) + 0.5);
  });
}

function valueAt(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
