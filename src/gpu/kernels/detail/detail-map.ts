/**
 * How to carry the source's fine detail through an edit, per pixel at model size: three rows (red, green, blue) of
 * [weight * A (3), edit - weight * A * base], in bytes' units. Shown = A' * source + offset, both upsampled.
 */
export type DetailMap = {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3, 4] */
  readonly coefficients: Float32Array<ArrayBuffer>;
};

export const COEFFICIENTS = 12;

/** Side of the blocks on whose grid the wide fits are made; they change slowly and are interpolated. */
export const BLOCK = 4;

/** Half sizes of the windows, in pixels at model size. */
export type DetailWindows = {
  /** Of the local fit. */
  readonly near: number;
  /** In blocks: of the fit that the local one leans on where it sees too little. */
  readonly wide: number;
  /** Of the residual that says how well the fit explains the edit. */
  readonly residual: number;
};

export function windowsOf(width: number, height: number): DetailWindows {
  const near = Math.max(2, Math.round(Math.min(width, height) / 32));
  return { near, wide: near, residual: Math.max(1, Math.round(near / 4)) };
}

/**
 * Ridges, in squared byte levels, of the fits from coarse to fine: each leans on the one before it in directions in which
 * the base varies less than about this. With freer wide fits a nearly grey scene got another matrix in every frame.
 */
export const RIDGES = { whole: 16, wide: 16, near: 9 } as const;

/** Energy (squared levels, three channels) that decoding noise may have without counting as change of structure. */
export const RESIDUAL_FLOOR = 48;

/** The same for the wide fits, where noise averages out. */
export const PRIOR_FLOOR = 3;

/** Shares of explained energy below which no detail is taken and above which all of it is. */
export const EXPLAINED = { none: 0.25, full: 0.75 } as const;

/** Bound of each entry of A: noise in flat places can't be blown up beyond it. */
export const MOST_GAIN = 4;
