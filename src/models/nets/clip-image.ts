/** An 8-bit picture, row by row, three bytes a pixel. */
export type RgbPicture = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
};

const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const;
/** Sharpness of the cubic, as Pillow and torch have it. */
const CUBIC = -0.5;

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) {
    return (CUBIC + 2) * x ** 3 - (CUBIC + 3) * x ** 2 + 1;
  }
  return x < 2 ? CUBIC * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
}

type Tap = { readonly from: number; readonly weights: readonly number[] };

/** Which source samples make each of `count` results, the cubic widened when it shrinks. */
function planTaps(length: number, count: number): readonly Tap[] {
  const scale = length / count;
  const stretch = Math.max(1, scale);
  return Array.from({ length: count }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const from = Math.max(0, Math.round(centre - 2 * stretch));
    const to = Math.min(length, Math.round(centre + 2 * stretch));
    const raw = Array.from({ length: to - from }, (_unused, tap) =>
      cubic((from + tap + 0.5 - centre) / stretch),
    );
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { from, weights: raw.map((weight) => weight / sum) };
  });
}

function toByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

/** Bicubic with 8 bits between the two passes, as Pillow does it; channels interleaved. */
function resize(picture: RgbPicture, width: number, height: number): RgbPicture {
  const rows = new Uint8Array(picture.height * width * 3);
  planTaps(picture.width, width).forEach(({ from, weights }, x) => {
    for (let y = 0; y < picture.height; y++) {
      for (let c = 0; c < 3; c++) {
        const first = (y * picture.width + from) * 3 + c;
        const sum = weights.reduce(
          (total, weight, tap) => total + weight * (picture.data[first + tap * 3] ?? 0),
          0,
        );
        rows[(y * width + x) * 3 + c] = toByte(sum);
      }
    }
  });
  const data = new Uint8Array(height * width * 3);
  planTaps(picture.height, height).forEach(({ from, weights }, y) => {
    for (let at = 0; at < width * 3; at++) {
      const first = from * width * 3 + at;
      const sum = weights.reduce(
        (total, weight, tap) => total + weight * (rows[first + tap * width * 3] ?? 0),
        0,
      );
      data[y * width * 3 + at] = toByte(sum);
    }
  });
  return { width, height, data };
}

/**
 * CLIP's image preprocessing: the shorter side to `size` (bicubic), centre crop, CLIP's mean and deviation. Returns
 * [3, size, size] values.
 */
export function toClipPixels(picture: RgbPicture, size: number): Float32Array<ArrayBuffer> {
  const short = Math.min(picture.width, picture.height);
  const width = picture.width === short ? size : Math.floor((size * picture.width) / short);
  const height = picture.height === short ? size : Math.floor((size * picture.height) / short);
  const small = resize(picture, width, height);
  const left = Math.floor((width - size) / 2);
  const top = Math.floor((height - size) / 2);
  const out = new Float32Array(3 * size * size);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const byte = small.data[((y + top) * width + x + left) * 3 + c] ?? 0;
        out[(c * size + y) * size + x] = (byte / 255 - (MEAN[c] ?? 0)) / (DEVIATION[c] ?? 1);
      }
    }
  }
  return out;
}
