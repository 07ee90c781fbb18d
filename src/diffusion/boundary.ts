/**
 * Progressive boundary integration (VIA, arXiv 2406.12831, appendix B) read as a ramp over time: the edit's share inside
 * the mask once step `index` (from 0) of the `steps` that are run is done, min(1, (index + 1) / T).
 */
export function timeRamp(index: number, steps: number, rampLength = steps): number {
  return Math.min(1, (index + 1) / rampLength);
}

/**
 * The same read as a ramp over space: mask values [height * width], 0 to 1, times min(1, d / T), where d is the distance
 * to the nearest place that is wholly outside (value 0), in latent pixels: 1 beside it. The picture's border is no rim.
 */
export function spaceRamp(
  mask: Float32Array,
  width: number,
  rampLength: number,
): Float32Array<ArrayBuffer> {
  const height = mask.length / width;
  const above = verticalDistances(mask, width, height);
  return Float32Array.from(mask, (value, at) => {
    const row = at - (at % width);
    let nearest = Infinity;
    for (let x = 0; x < width; x++) {
      nearest = Math.min(nearest, (x - (at % width)) ** 2 + (above[row + x] ?? 0) ** 2);
    }
    return value * Math.min(1, Math.sqrt(nearest) / rampLength);
  });
}

/** Of every place, to the nearest one outside in its column; infinite where there is none. */
function verticalDistances(mask: Float32Array, width: number, height: number): Float64Array {
  const distances = new Float64Array(mask.length);
  for (let x = 0; x < width; x++) {
    const sweep = (rows: readonly number[]) => {
      let last = Infinity;
      for (const y of rows) {
        const at = y * width + x;
        last = mask[at] === 0 ? 0 : last + 1;
        distances[at] = Math.min(distances[at] ?? 0, last);
      }
    };
    const down = Array.from({ length: height }, (_, y) => y);
    down.forEach((y) => (distances[y * width + x] = Infinity));
    sweep(down);
    sweep(down.toReversed());
  }
  return distances;
}
