/**
 * Mask values [height * width] grown by `halo` places to all sides, corners included: 1 where a value over 0 is that near,
 * 0 elsewhere.
 */
export function growMask(
  mask: ArrayLike<number>,
  width: number,
  halo: number,
): Float32Array<ArrayBuffer> {
  const height = mask.length / width;
  const near = (count: number, isCovered: (i: number) => boolean): boolean[] => {
    const grown = Array.from({ length: count }, () => false);
    for (let i = 0; i < count; i++) {
      if (isCovered(i)) {
        grown.fill(true, Math.max(0, i - halo), i + halo + 1);
      }
    }
    return grown;
  };
  const rows = new Float32Array(mask.length);
  for (let y = 0; y < height; y++) {
    near(width, (x) => (mask[y * width + x] ?? 0) > 0).forEach((is, x) => {
      rows[y * width + x] = is ? 1 : 0;
    });
  }
  const grown = new Float32Array(mask.length);
  for (let x = 0; x < width; x++) {
    near(height, (y) => rows[y * width + x] === 1).forEach((is, y) => {
      grown[y * width + x] = is ? 1 : 0;
    });
  }
  return grown;
}

/** A mask of the latents on the grid of a deeper level, whose sides are halved and rounded up: 1 where any place of it is. */
export function maskOfLevel(
  mask: ArrayLike<number>,
  width: number,
  level: number,
): Float32Array<ArrayBuffer> {
  const height = mask.length / width;
  const cell = 2 ** level;
  const columns = Math.ceil(width / cell);
  const pooled = new Float32Array(columns * Math.ceil(height / cell));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((mask[y * width + x] ?? 0) > 0) {
        pooled[Math.floor(y / cell) * columns + Math.floor(x / cell)] = 1;
      }
    }
  }
  return pooled;
}
