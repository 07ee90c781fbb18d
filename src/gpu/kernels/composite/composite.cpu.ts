import { assert } from '../../../base/assert.ts';
import { createPixels, type Pixels } from '../../pixels.ts';
import { COEFFICIENTS, type DetailMap } from '../detail/detail-map.ts';

/**
 * The shown picture at source size: source + mask * amount * (edited - source), with edited = the map's coefficients,
 * upsampled between pixel centres, applied to the source and clamped. Where mask or amount is 0, and where the map is
 * the identity, the source's bytes come through untouched.
 *
 * `mask`: one byte per source pixel, null = everywhere. `output` may be the source itself.
 */
export function compositePicture(
  source: Pixels,
  map: DetailMap,
  mask: Uint8Array | Uint8ClampedArray | null,
  amount: number,
  output: Pixels = createPixels(source),
): Pixels {
  const { width, height } = source;
  assert(
    mask === null || mask.length === width * height,
    `a mask of ${mask?.length} bytes for ${width} x ${height} pixels`,
  );
  assert(
    output.width === width && output.height === height,
    `an output of ${output.width} x ${output.height} for ${width} x ${height}`,
  );
  if (amount <= 0) {
    if (output !== source) {
      output.data.set(source.data);
    }
    return output;
  }
  const blends = Float64Array.from(
    { length: 256 },
    (_, level) => (level / 255) * Math.min(1, amount),
  );
  const across = sampleAxis(width, map.width);
  const down = sampleAxis(height, map.height);
  const line = new Float32Array(map.width * COEFFICIENTS);
  for (let y = 0; y < height; y++) {
    if (mask !== null && isRowEmpty(mask, y * width, width)) {
      output.data.set(source.data.subarray(y * width * 4, (y + 1) * width * 4), y * width * 4);
      continue;
    }
    blendRows(line, map, down.first[y] ?? 0, down.share[y] ?? 0);
    compositeRow({
      source: source.data,
      output: output.data,
      mask,
      blends,
      line,
      across,
      y,
      width,
    });
  }
  return output;
}

type SampleAxis = {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
};

/** For each of `to` samples the two of `from` around its centre and the share of the second. */
function sampleAxis(to: number, from: number): SampleAxis {
  const axis = {
    first: new Int32Array(to),
    second: new Int32Array(to),
    share: new Float32Array(to),
  };
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const first = Math.floor(at);
    axis.first[i] = first;
    axis.second[i] = Math.min(from - 1, first + 1);
    axis.share[i] = at - first;
  }
  return axis;
}

function isRowEmpty(mask: Uint8Array | Uint8ClampedArray, begin: number, width: number): boolean {
  for (let at = begin; at < begin + width; at++) {
    if (mask[at] !== 0) {
      return false;
    }
  }
  return true;
}

function blendRows(line: Float32Array, map: DetailMap, row: number, share: number): void {
  const stride = map.width * COEFFICIENTS;
  const from = row * stride;
  const to = Math.min(map.height - 1, row + 1) * stride;
  const { coefficients } = map;
  for (let i = 0; i < stride; i++) {
    const above = coefficients[from + i] ?? 0;
    line[i] = above + share * ((coefficients[to + i] ?? 0) - above);
  }
}

type Row = {
  readonly source: Uint8ClampedArray;
  readonly output: Uint8ClampedArray;
  readonly mask: Uint8Array | Uint8ClampedArray | null;
  readonly blends: Float64Array;
  readonly line: Float32Array;
  readonly across: SampleAxis;
  readonly y: number;
  readonly width: number;
};

/**
 * Between two columns of the map each coefficient is value + share * step; both are loaded once per pair of columns,
 * which several pixels share. Twelve of each are written out: that is what keeps a 1280 x 720 frame in tens of milliseconds.
 */
function compositeRow(row: Row): void {
  const { source, output, mask, blends, line, across, y, width } = row;
  const { first, second, share } = across;
  let column = -1;
  let [v0, v1, v2, v3, v4, v5] = [0, 0, 0, 0, 0, 0];
  let [v6, v7, v8, v9, v10, v11] = [0, 0, 0, 0, 0, 0];
  let [s0, s1, s2, s3, s4, s5] = [0, 0, 0, 0, 0, 0];
  let [s6, s7, s8, s9, s10, s11] = [0, 0, 0, 0, 0, 0];
  for (let x = 0; x < width; x++) {
    const pixel = y * width + x;
    const at = pixel * 4;
    const red = source[at] ?? 0;
    const green = source[at + 1] ?? 0;
    const blue = source[at + 2] ?? 0;
    const blend = blends[mask === null ? 255 : (mask[pixel] ?? 0)] ?? 0;
    output[at + 3] = source[at + 3] ?? 0;
    if (blend === 0) {
      output[at] = red;
      output[at + 1] = green;
      output[at + 2] = blue;
      continue;
    }
    const wanted = first[x] ?? 0;
    if (wanted !== column) {
      column = wanted;
      const a = wanted * COEFFICIENTS;
      const b = (second[x] ?? 0) * COEFFICIENTS;
      v0 = line[a] ?? 0;
      v1 = line[a + 1] ?? 0;
      v2 = line[a + 2] ?? 0;
      v3 = line[a + 3] ?? 0;
      v4 = line[a + 4] ?? 0;
      v5 = line[a + 5] ?? 0;
      v6 = line[a + 6] ?? 0;
      v7 = line[a + 7] ?? 0;
      v8 = line[a + 8] ?? 0;
      v9 = line[a + 9] ?? 0;
      v10 = line[a + 10] ?? 0;
      v11 = line[a + 11] ?? 0;
      s0 = (line[b] ?? 0) - v0;
      s1 = (line[b + 1] ?? 0) - v1;
      s2 = (line[b + 2] ?? 0) - v2;
      s3 = (line[b + 3] ?? 0) - v3;
      s4 = (line[b + 4] ?? 0) - v4;
      s5 = (line[b + 5] ?? 0) - v5;
      s6 = (line[b + 6] ?? 0) - v6;
      s7 = (line[b + 7] ?? 0) - v7;
      s8 = (line[b + 8] ?? 0) - v8;
      s9 = (line[b + 9] ?? 0) - v9;
      s10 = (line[b + 10] ?? 0) - v10;
      s11 = (line[b + 11] ?? 0) - v11;
    }
    const t = share[x] ?? 0;
    const newRed = (v0 + t * s0) * red + (v1 + t * s1) * green + (v2 + t * s2) * blue + v3 + t * s3;
    const newGreen =
      (v4 + t * s4) * red + (v5 + t * s5) * green + (v6 + t * s6) * blue + v7 + t * s7;
    const newBlue =
      (v8 + t * s8) * red + (v9 + t * s9) * green + (v10 + t * s10) * blue + v11 + t * s11;
    output[at] = blended(red, newRed, blend);
    output[at + 1] = blended(green, newGreen, blend);
    output[at + 2] = blended(blue, newBlue, blend);
  }
}

function blended(source: number, edited: number, blend: number): number {
  const shown = edited < 0 ? 0 : edited > 255 ? 255 : edited;
  return Math.floor(source + blend * (shown - source) + 0.5);
}
