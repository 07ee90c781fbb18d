/** Means over windows of 2 · `radius` + 1 values each way, cut off at the edges; [height, width]. */
export function boxMean(
  values: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array {
  const rows = new Float32Array(values.length);
  const output = new Float32Array(values.length);
  meanAlong(values, rows, { lines: height, lineStep: width, length: width, step: 1, radius });
  meanAlong(rows, output, { lines: width, lineStep: 1, length: height, step: width, radius });
  return output;
}

type Axis = { lines: number; lineStep: number; length: number; step: number; radius: number };

function meanAlong(input: Float32Array, output: Float32Array, axis: Axis): void {
  const { length, step, radius } = axis;
  for (let line = 0; line < axis.lines; line++) {
    const begin = line * axis.lineStep;
    for (let i = 0; i < length; i++) {
      const first = Math.max(0, i - radius);
      const last = Math.min(length - 1, i + radius);
      let sum = 0;
      for (let j = first; j <= last; j++) {
        sum += input[begin + j * step] ?? 0;
      }
      output[begin + i * step] = sum / (last - first + 1);
    }
  }
}
