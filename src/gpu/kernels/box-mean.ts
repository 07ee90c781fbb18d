/** Means over windows of 2 · `radius` + 1 values each way, cut off at the edges; [height, width]. */
export function boxMean(
  values: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array {
  const output = new Float32Array(values.length);
  // Running sums in float64: what goes out of a window leaves nothing behind that float32 would show.
  const columns = new Float64Array(width);
  const firstRows = Math.min(radius, height);
  for (let row = 0; row < firstRows; row++) {
    addRow(columns, values, row, 1);
  }
  for (let y = 0; y < height; y++) {
    if (y + radius < height) {
      addRow(columns, values, y + radius, 1);
    }
    if (y > radius) {
      addRow(columns, values, y - radius - 1, -1);
    }
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    meanAcross(columns, output.subarray(y * width, (y + 1) * width), radius, rows);
  }
  return output;
}

function addRow(columns: Float64Array, values: Float32Array, row: number, sign: 1 | -1): void {
  const begin = row * columns.length;
  for (let x = 0; x < columns.length; x++) {
    columns[x] = (columns[x] ?? 0) + sign * (values[begin + x] ?? 0);
  }
}

/** One row of means from the sums of `rows` rows of each column. */
function meanAcross(
  columns: Float64Array,
  output: Float32Array,
  radius: number,
  rows: number,
): void {
  const width = columns.length;
  let sum = 0;
  let count = 0;
  for (let x = 0; x < Math.min(radius, width); x++) {
    sum += columns[x] ?? 0;
    count++;
  }
  for (let x = 0; x < width; x++) {
    if (x + radius < width) {
      sum += columns[x + radius] ?? 0;
      count++;
    }
    if (x > radius) {
      sum -= columns[x - radius - 1] ?? 0;
      count--;
    }
    output[x] = sum / (count * rows);
  }
}
