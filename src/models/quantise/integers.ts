/** Symmetric integer codes for weights. Rows are output channels (or vocabulary entries); no zero points. */
export type IntegerRows = {
  readonly codes: Int8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
};

/** Clipping factors tried per row: with few outliers a slightly smaller step has the smaller squared error. */
const CLIPS = [1, 0.94, 0.88] as const;

/** 8-bit codes (-127 … 127), one scale per row of `width` values, the step chosen by least squared error. */
export function quantiseRows(values: Float32Array, width: number): IntegerRows {
  const rows = values.length / width;
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    const scale = bestScale(values, from, from + width, 127);
    scales[row] = scale;
    for (let i = from; i < from + width; i++) {
      codes[i] = clampCode(Math.round((values[i] ?? 0) / scale), 127);
    }
  }
  return { codes, scales };
}

export function dequantiseRows(
  { codes, scales }: IntegerRows,
  width: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    out[i] = (codes[i] ?? 0) * (scales[Math.floor(i / width)] ?? 0);
  }
  return out;
}

function clampCode(code: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, code));
}

function bestScale(values: Float32Array, from: number, to: number, limit: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) {
    largest = Math.max(largest, Math.abs(values[i] ?? 0));
  }
  if (largest === 0) {
    return 1;
  }
  let best = Math.fround(largest / limit);
  let bestError = Number.POSITIVE_INFINITY;
  for (const clip of CLIPS) {
    const scale = Math.fround((largest * clip) / limit);
    if (scale === 0) {
      continue;
    }
    const error = squaredError(values, from, to, scale, limit, bestError);
    if (error < bestError) {
      best = scale;
      bestError = error;
    }
  }
  return best === 0 ? 1 : best;
}

/** Stops as soon as `worst` is passed: the result then only says that it is no better. */
function squaredError(
  values: Float32Array,
  from: number,
  to: number,
  scale: number,
  limit: number,
  worst: number,
): number {
  let error = 0;
  const inverse = 1 / scale;
  for (let i = from; i < to && error < worst; i++) {
    const value = values[i] ?? 0;
    const code = Math.round(value * inverse);
    const rest = value - (code > limit ? limit : code < -limit ? -limit : code) * scale;
    error += rest * rest;
  }
  return error;
}

/** Signal to noise ratio in decibels; infinite where nothing was lost. */
export function signalToNoise(signal: Float32Array, approximation: Float32Array): number {
  let power = 0;
  let noise = 0;
  for (let i = 0; i < signal.length; i++) {
    const value = signal[i] ?? 0;
    const rest = value - (approximation[i] ?? 0);
    power += value * value;
    noise += rest * rest;
  }
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(power / noise);
}
