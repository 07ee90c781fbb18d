import {
  clamp,
  emptyPlanes,
  map,
  stack,
  withColour,
  zip,
  type Planes,
  type Rgb,
} from './planes.ts';

/* The small operations of training/edits/tools.py, with the same kernels, edges and rounding. */

const { fround } = Math;
const RED = fround(0.299);
const GREEN = fround(0.587);
const BLUE = fround(0.114);

/** BT.601 weights on the coded values, one channel; single precision, summed in the training's order. */
export function luma(image: Planes): Planes {
  const area = image.height * image.width;
  const out = emptyPlanes(1, image);
  const { data } = image;
  for (let i = 0; i < area; i++) {
    const warm = fround(fround((data[i] ?? 0) * RED) + fround((data[area + i] ?? 0) * GREEN));
    out.data[i] = warm + fround((data[2 * area + i] ?? 0) * BLUE);
  }
  return out;
}

/** Mean of `size` x `size` windows; the window of an output pixel begins `offset` rows and columns from it. Edges repeat. */
function windowMean(image: Planes, size: number, top: number, left: number): Planes {
  const down = lineMean(image, size, top, 'rows');
  return lineMean(down, size, left, 'columns');
}

function lineMean(
  image: Planes,
  size: number,
  offset: number,
  direction: 'rows' | 'columns',
): Planes {
  const { channels, height, width } = image;
  const out = emptyPlanes(channels, image);
  const isDown = direction === 'rows';
  const length = isDown ? height : width;
  const step = isDown ? width : 1;
  const starts = channels * (isDown ? width : height);
  for (let line = 0; line < starts; line++) {
    const start = isDown
      ? Math.floor(line / width) * height * width + (line % width)
      : line * width;
    const value = (i: number): number => image.data[start + clamp(i, 0, length - 1) * step] ?? 0;
    let total = 0;
    for (let k = 0; k < size; k++) {
      total += value(offset + k);
    }
    for (let i = 0; i < length; i++) {
      out.data[start + i * step] = total / size;
      total += value(i + offset + size) - value(i + offset);
    }
  }
  return out;
}

/** Repeated box blur with edge pixels repeated; `radius` in pixels. */
export function blur(image: Planes, radius: number, passes = 2): Planes {
  let blurred = image;
  for (let pass = 0; pass < passes; pass++) {
    blurred = windowMean(blurred, 2 * radius + 1, -radius, -radius);
  }
  return blurred;
}

export function mix(a: number, b: number, amount: number): number {
  return a + (b - a) * amount;
}

/** A share of `b` over `a`, everywhere the same or given per pixel. */
export function blend(a: Planes, b: Planes, amount: number | Planes): Planes {
  return typeof amount === 'number'
    ? zip(a, [b], (from, to) => mix(from, to, amount))
    : zip(a, [b, amount], (from, to, share) => mix(from, to, share));
}

export function smoothstep(low: number, high: number, x: number): number {
  const t = clamp((x - low) / (high - low));
  return t * t * (3 - 2 * t);
}

export function smooth(low: number, high: number, image: Planes): Planes {
  return map(image, (value) => smoothstep(low, high, value));
}

export function saturate(image: Planes, amount: number): Planes {
  return zip(image, [luma(image)], (value, level) => mix(level, value, amount));
}

/** Colours of a level on a piecewise linear ramp with evenly spaced stops. */
export function ramp(level: Planes, stops: readonly Rgb[]): Planes {
  const area = level.height * level.width;
  const out = emptyPlanes(3, level);
  const last = stops.length - 2;
  for (let i = 0; i < area; i++) {
    const place = clamp(level.data[i] ?? 0) * (stops.length - 1);
    const low = Math.min(Math.floor(place), last);
    const fraction = place - low;
    for (let channel = 0; channel < 3; channel++) {
      const from = stops[low]?.[channel] ?? 0;
      const to = stops[low + 1]?.[channel] ?? 0;
      out.data[channel * area + i] = from * (1 - fraction) + to * fraction;
    }
  }
  return out;
}

/** S-curve around the middle; 0 leaves the picture alone, 1 is a full smoothstep. */
export function curve(image: Planes, contrast: number): Planes {
  return map(image, (value) => {
    const x = clamp(value);
    return mix(x, x * x * (3 - 2 * x), contrast);
  });
}

/** Gradient magnitude of one channel, central differences (not halved), edges repeated. */
export function edges(level: Planes): Planes {
  const { height, width, data } = level;
  const out = emptyPlanes(1, level);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const row = y * width;
      const right = data[row + Math.min(width - 1, x + 1)] ?? 0;
      const dx = right - (data[row + Math.max(0, x - 1)] ?? 0);
      const dy = (data[below + x] ?? 0) - (data[above + x] ?? 0);
      out.data[row + x] = Math.sqrt(dx * dx + dy * dy);
    }
  }
  return out;
}

/**
 * Each pixel takes the mean of the calmest of its four quarter windows: flat strokes with kept edges. Sums are single
 * precision in the training's order: which of two equally calm windows wins depends on their last bits.
 */
export function kuwahara(image: Planes, radius: number): Planes {
  const { height, width } = image;
  const area = height * width;
  const level = luma(image);
  const stacked = stack([image, map(level, (value) => value * value)]);
  const means = paddedMeans(stacked, radius);
  const spreads = spreadOf(means);
  const best = emptyPlanes(3, image);
  const calm = new Float32Array(area).fill(Infinity);
  for (const top of [0, radius]) {
    for (const left of [0, radius]) {
      for (let i = 0; i < area; i++) {
        const from = (Math.floor(i / width) + top) * means.width + (i % width) + left;
        const spread = spreads[from] ?? 0;
        if (spread < (calm[i] ?? 0)) {
          calm[i] = spread;
          for (let channel = 0; channel < 3; channel++) {
            best.data[channel * area + i] =
              means.data[channel * means.height * means.width + from] ?? 0;
          }
        }
      }
    }
  }
  return best;
}

/** Means of all windows of radius + 1 pixels of the picture with `radius` repeated edge pixels around it. */
function paddedMeans(image: Planes, radius: number): Planes {
  const { channels, height, width, data } = image;
  const size = radius + 1;
  const out = emptyPlanes(channels, { ...image, height: height + radius, width: width + radius });
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < out.height; y++) {
      for (let x = 0; x < out.width; x++) {
        let total = 0;
        for (let row = y; row < y + size; row++) {
          const start = channel * height * width + clamp(row - radius, 0, height - 1) * width;
          for (let column = x; column < x + size; column++) {
            const value = data[start + clamp(column - radius, 0, width - 1)] ?? 0;
            total = fround(total + value);
          }
        }
        out.data[at++] = total / (size * size);
      }
    }
  }
  return out;
}

/** Mean of the squared luma less the square of the mean luma. */
function spreadOf(means: Planes): Float32Array {
  const area = means.height * means.width;
  const level = luma({ ...means, channels: 3, data: means.data.subarray(0, 3 * area) });
  return level.data.map((value, i) => (means.data[3 * area + i] ?? 0) - fround(value * value));
}

/** Mean along a line of 2 * half + 1 rows that leans one pixel to the left every four rows; edges repeated. */
export function slantBlur(image: Planes, half: number): Planes {
  const { channels, height, width, data } = image;
  const sums = new Float64Array(data.length);
  for (let row = -half; row <= half; row++) {
    const lean = Math.floor(row / 4 + 0.5);
    for (let line = 0; line < channels * height; line++) {
      const y = line % height;
      const from = (line - y + clamp(y + row, 0, height - 1)) * width;
      for (let x = 0; x < width; x++) {
        const at = line * width + x;
        sums[at] = (sums[at] ?? 0) + (data[from + clamp(x - lean, 0, width - 1)] ?? 0);
      }
    }
  }
  return { ...image, data: Float32Array.from(sums, (total) => total / (2 * half + 1)) };
}

/** Blocks of `side` pixels in their mean colour, as large as the picture; its sides are multiples of `side`. */
export function blockMeans(image: Planes, side: number): Planes {
  const means = shrink(image, side);
  const { channels, height, width } = image;
  const out = emptyPlanes(channels, image);
  for (let i = 0; i < out.data.length; i++) {
    const y = Math.floor(i / width);
    const block = Math.floor((y % height) / side) + Math.floor(y / height) * means.height;
    out.data[i] = means.data[block * means.width + Math.floor((i % width) / side)] ?? 0;
  }
  return out;
}

/** Means of blocks of `side` pixels; the sides are multiples of `side`. */
export function shrink({ channels, height, width, data }: Planes, side: number): Planes {
  const out = emptyPlanes(channels, { channels, height: height / side, width: width / side, data });
  const sums = new Float64Array(out.data.length);
  for (let i = 0; i < data.length; i++) {
    const y = Math.floor(i / width);
    const block = Math.floor((y % height) / side) + Math.floor(y / height) * out.height;
    const at = block * out.width + Math.floor((i % width) / side);
    sums[at] = (sums[at] ?? 0) + (data[i] ?? 0);
  }
  out.data.set(sums.map((sum) => sum / (side * side)));
  return out;
}

type Weighted = readonly [number, Planes];

/** Picture times a colour plus another. */
export function tone(image: Planes, gain: Rgb, lift: Rgb = [0, 0, 0]): Planes {
  const scaled = withColour(image, gain);
  return add(scaled, lift);
}

export function add(image: Planes, lift: Rgb): Planes {
  return withColour(image, lift, (value, part) => value + part);
}

/** Sum of pictures, each with its weight; the first has all channels, the others all or one. */
export function sum(...[first, ...terms]: [Weighted, ...Weighted[]]): Planes {
  const [weight, image] = first;
  return terms.reduce(
    (total, [share, other]) => zip(total, [other], (value, more) => value + share * more),
    weight === 1 ? image : map(image, (value) => value * weight),
  );
}
