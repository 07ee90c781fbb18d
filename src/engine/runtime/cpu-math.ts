import { elementCount, viewAxis } from './shape.ts';

/** Elementwise work of the `cpu` runtime in plain loops over float32; shapes were checked by the caller. */

export type ElementArray =
  | Float32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

type FloatTerm = { readonly data: Float32Array; readonly scale: number | readonly number[] };

/** out[i] += or = scale * data[i] within one entry. */
function addScaled(
  out: Float32Array,
  data: Float32Array,
  scale: number,
  range: { from: number; to: number; isFirst: boolean },
): void {
  const { from, to, isFirst } = range;
  if (isFirst) {
    for (let i = from; i < to; i += 1) {
      out[i] = scale * (data[i] as number);
    }
  } else {
    for (let i = from; i < to; i += 1) {
      out[i] = (out[i] as number) + scale * (data[i] as number);
    }
  }
}

/** Sum of scaled arrays of `entries` equal parts each. */
export function combineTerms(
  terms: readonly FloatTerm[],
  entries: number,
  length: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(length);
  const perEntry = entries === 0 ? 0 : length / entries;
  terms.forEach(({ data, scale }, term) => {
    const isFirst = term === 0;
    if (typeof scale === 'number') {
      addScaled(out, data, scale, { from: 0, to: length, isFirst });
      return;
    }
    scale.forEach((factor, entry) => {
      const from = entry * perEntry;
      addScaled(out, data, factor, { from, to: from + perEntry, isFirst });
    });
  });
  return out;
}

function newLike(data: ElementArray, length: number): ElementArray {
  const Constructor = data.constructor as new (count: number) => ElementArray;
  return new Constructor(length);
}

type ShapedArray = { readonly data: ElementArray; readonly shape: readonly number[] };

export function concatArrays(parts: readonly ShapedArray[], axis: number): ElementArray {
  const views = parts.map(({ shape }) => viewAxis(shape, axis));
  const widths = views.map(({ size, inner }) => size * inner);
  const width = widths.reduce((sum, part) => sum + part, 0);
  const outer = views[0]?.outer ?? 0;
  const out = newLike(parts[0]?.data ?? new Float32Array(0), outer * width);
  let column = 0;
  parts.forEach(({ data }, at) => {
    const part = widths[at] ?? 0;
    for (let block = 0; block < outer; block += 1) {
      out.set(data.subarray(block * part, (block + 1) * part), block * width + column);
    }
    column += part;
  });
  return out;
}

export function sliceArray(
  { data, shape }: ShapedArray,
  axis: number,
  from: number,
  to: number,
): ElementArray {
  const { outer, size, inner } = viewAxis(shape, axis);
  const width = (to - from) * inner;
  const out = newLike(data, outer * width);
  for (let block = 0; block < outer; block += 1) {
    const start = (block * size + from) * inner;
    out.set(data.subarray(start, start + width), block * width);
  }
  return out;
}

export function repeatArray(data: ElementArray, times: number): ElementArray {
  const out = newLike(data, data.length * times);
  for (let copy = 0; copy < times; copy += 1) {
    out.set(data, copy * data.length);
  }
  return out;
}

/** a + mask * (b - a); a and b [frames, c, h, w], mask [frames, 1, h, w]. */
export function mixArrays(
  a: Float32Array,
  b: Float32Array,
  mask: Float32Array,
  shape: readonly number[],
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(a.length);
  const [frames = 0, channels = 0] = shape;
  const plane = elementCount(shape.slice(2));
  for (let frame = 0; frame < frames; frame += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      const start = (frame * channels + channel) * plane;
      for (let i = 0; i < plane; i += 1) {
        const below = a[start + i] as number;
        out[start + i] =
          below + (mask[frame * plane + i] as number) * ((b[start + i] as number) - below);
      }
    }
  }
  return out;
}

/** Mean and population standard deviation of each of `entries` equal parts, summed in float64. */
export function entryMoments(data: Float32Array, entries: number): { mean: number; std: number }[] {
  const length = entries === 0 ? 0 : data.length / entries;
  return Array.from({ length: entries }, (_, entry) => {
    const part = data.subarray(entry * length, (entry + 1) * length);
    let sum = 0;
    for (const value of part) {
      sum += value;
    }
    const mean = sum / length;
    let squares = 0;
    for (const value of part) {
      squares += (value - mean) ** 2;
    }
    return { mean, std: Math.sqrt(squares / length) };
  });
}

/** One [3, h, w] image in `range` as RGBA. */
export function planesToRgba(
  image: Float32Array,
  range: readonly [number, number],
): Uint8ClampedArray<ArrayBuffer> {
  const plane = image.length / 3;
  const [low, high] = range;
  const scale = 255 / (high - low);
  const out = new Uint8ClampedArray(plane * 4);
  for (let i = 0; i < plane; i += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const value = ((image[channel * plane + i] as number) - low) * scale;
      // Half-way values go up, as on the GPU; a clamped array alone would round them to even.
      out[i * 4 + channel] = Math.floor(value + 0.5);
    }
    out[i * 4 + 3] = 255;
  }
  return out;
}
