/** Bytes per pixel: the filters look one pixel, not one byte, to the left. */
const STEP = 3;
const SUB = 0;
const UP = 1;
const PAETH = 2;

/** Per row: the filter's number, then the row less its prediction (mod 256). PNG's filters 1, 2 and 4; the one with the smallest sum of absolute differences is taken. */
export function filterRows(bytes: Uint8Array, rowBytes: number): Uint8Array<ArrayBuffer> {
  const rows = bytes.length / rowBytes;
  const out = new Uint8Array(bytes.length + rows);
  const above = new Uint8Array(rowBytes);
  const trials = {
    sub: new Uint8Array(rowBytes),
    up: new Uint8Array(rowBytes),
    paeth: new Uint8Array(rowBytes),
  };
  for (let row = 0; row < rows; row++) {
    const line = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    const [sub, up, nearest] = filterLine(line, above, trials);
    const least = Math.min(sub, up, nearest);
    const at = row * (rowBytes + 1);
    out[at] = least === sub ? SUB : least === up ? UP : PAETH;
    out.set(least === sub ? trials.sub : least === up ? trials.up : trials.paeth, at + 1);
    above.set(line);
  }
  return out;
}

/** Undoes `filterRows`; null if a row names a filter that does not exist. */
export function unfilterRows(rows: Uint8Array, rowBytes: number): Uint8Array<ArrayBuffer> | null {
  const count = rows.length / (rowBytes + 1);
  const out = new Uint8Array(count * rowBytes);
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let row = 0; row < count; row++) {
    const at = row * (rowBytes + 1);
    const filter = rows[at] ?? 0;
    if (filter > PAETH) {
      return null;
    }
    const line = out.subarray(row * rowBytes, (row + 1) * rowBytes);
    unfilterLine(filter, rows.subarray(at + 1, at + 1 + rowBytes), above, line);
    above = line;
  }
  return out;
}

/** Writes line - prediction into each filter's trial, in one pass; returns the sums of the differences' sizes as signed bytes. */
function filterLine(
  line: Uint8Array,
  above: Uint8Array,
  { sub, up, paeth: nearest }: Readonly<Record<'sub' | 'up' | 'paeth', Uint8Array>>,
): [sub: number, up: number, paeth: number] {
  let [subCost, upCost, paethCost] = [0, 0, 0];
  for (let index = 0; index < line.length; index++) {
    const value = line[index] ?? 0;
    const left = index < STEP ? 0 : (line[index - STEP] ?? 0);
    const over = above[index] ?? 0;
    const corner = index < STEP ? 0 : (above[index - STEP] ?? 0);
    const fromLeft = (value - left) & 0xff;
    const fromUp = (value - over) & 0xff;
    const fromNearest = (value - paeth(left, over, corner)) & 0xff;
    sub[index] = fromLeft;
    up[index] = fromUp;
    nearest[index] = fromNearest;
    subCost += fromLeft < 128 ? fromLeft : 256 - fromLeft;
    upCost += fromUp < 128 ? fromUp : 256 - fromUp;
    paethCost += fromNearest < 128 ? fromNearest : 256 - fromNearest;
  }
  return [subCost, upCost, paethCost];
}

function unfilterLine(
  filter: number,
  differences: Uint8Array,
  above: Uint8Array,
  out: Uint8Array,
): void {
  for (let index = 0; index < out.length; index++) {
    out[index] = (differences[index] ?? 0) + predict(filter, out, above, index);
  }
}

function predict(filter: number, line: Uint8Array, above: Uint8Array, index: number): number {
  const left = index < STEP ? 0 : (line[index - STEP] ?? 0);
  if (filter === SUB) {
    return left;
  }
  const up = above[index] ?? 0;
  if (filter === UP) {
    return up;
  }
  const corner = index < STEP ? 0 : (above[index - STEP] ?? 0);
  return paeth(left, up, corner);
}

/** Whichever of left, up and corner is nearest to left + up - corner; ties in this order (PNG specification, 9.4). */
function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) {
    return left;
  }
  return toUp <= toCorner ? up : corner;
}
