import { EXPLAINED, MOST_GAIN, PRIOR_FLOOR } from './detail-map.ts';

/**
 * Sums over a window, in this order: x (3), y (3), x * x (00 01 02 11 12 22), y_i * x_j (row by row, 9), y * y (3). x is the base,
 * y the edit, in bytes: integers, so that float64 sums are exact in any order.
 */
export const SUMS = 24;

/** Where the fit of one window goes. */
export type Fit = {
  /** 3 x 3, row by row. */
  readonly matrix: Float64Array;
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
  /** Variance that the fit accounts for, summed over channels. */
  explained: number;
  /** Variance that it leaves over. */
  residual: number;
};

export function createFit(): Fit {
  return {
    matrix: new Float64Array(9),
    meanX: new Float64Array(3),
    meanY: new Float64Array(3),
    explained: 0,
    residual: 0,
  };
}

export const IDENTITY: Float64Array = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/**
 * Ridge regression y ≈ A x + b that leans on `prior`: A = P + (Cyx - P Cxx)(Cxx + ridge I)^-1. Written as a departure
 * from the prior, so that where the edit is the base and the prior the identity, A is the identity to the last bit.
 */
export function fitColours(
  fit: Fit,
  sums: ArrayLike<number>,
  count: number,
  prior: ArrayLike<number>,
  ridge: number,
): void {
  const { matrix, meanX, meanY } = fit;
  const at = (i: number): number => sums[i] ?? 0;
  const x0 = at(0) / count;
  const x1 = at(1) / count;
  const x2 = at(2) / count;
  meanX[0] = x0;
  meanX[1] = x1;
  meanX[2] = x2;
  const c00 = at(6) / count - x0 * x0;
  const c01 = at(7) / count - x0 * x1;
  const c02 = at(8) / count - x0 * x2;
  const c11 = at(9) / count - x1 * x1;
  const c12 = at(10) / count - x1 * x2;
  const c22 = at(11) / count - x2 * x2;
  // Inverse of the symmetric Cxx + ridge I by its cofactors; the ridge keeps the determinant above 0.
  const r00 = c00 + ridge;
  const r11 = c11 + ridge;
  const r22 = c22 + ridge;
  const k00 = r11 * r22 - c12 * c12;
  const k01 = c02 * c12 - c01 * r22;
  const k02 = c01 * c12 - c02 * r11;
  const scale = 1 / (r00 * k00 + c01 * k01 + c02 * k02);
  const i00 = k00 * scale;
  const i01 = k01 * scale;
  const i02 = k02 * scale;
  const i11 = (r00 * r22 - c02 * c02) * scale;
  const i12 = (c01 * c02 - r00 * c12) * scale;
  const i22 = (r00 * r11 - c01 * c01) * scale;
  fit.explained = 0;
  fit.residual = 0;
  for (let row = 0; row < 3; row++) {
    const y = at(3 + row) / count;
    meanY[row] = y;
    const p0 = prior[row * 3] ?? 0;
    const p1 = prior[row * 3 + 1] ?? 0;
    const p2 = prior[row * 3 + 2] ?? 0;
    const cy0 = at(12 + row * 3) / count - y * x0;
    const cy1 = at(13 + row * 3) / count - y * x1;
    const cy2 = at(14 + row * 3) / count - y * x2;
    const d0 = cy0 - (p0 * c00 + p1 * c01 + p2 * c02);
    const d1 = cy1 - (p0 * c01 + p1 * c11 + p2 * c12);
    const d2 = cy2 - (p0 * c02 + p1 * c12 + p2 * c22);
    const a0 = bounded(p0 + d0 * i00 + d1 * i01 + d2 * i02);
    const a1 = bounded(p1 + d0 * i01 + d1 * i11 + d2 * i12);
    const a2 = bounded(p2 + d0 * i02 + d1 * i12 + d2 * i22);
    matrix[row * 3] = a0;
    matrix[row * 3 + 1] = a1;
    matrix[row * 3 + 2] = a2;
    const variance = at(21 + row) / count - y * y;
    const explained =
      a0 * (a0 * c00 + a1 * c01 + a2 * c02) +
      a1 * (a0 * c01 + a1 * c11 + a2 * c12) +
      a2 * (a0 * c02 + a1 * c12 + a2 * c22);
    fit.explained += explained;
    fit.residual += Math.max(0, variance - 2 * (a0 * cy0 + a1 * cy1 + a2 * cy2) + explained);
  }
}

/**
 * How far a fit is to be trusted, 0 to 1, from the share of the edit's energy that it explains; energy up to about
 * `floor` may be left over for free. Exactly 1 where nothing is left over.
 */
export function trustOf(explained: number, residual: number, floor: number): number {
  const known = Math.max(0, explained) + floor;
  const share = known / (known + Math.max(0, residual));
  const t = (share - EXPLAINED.none) / (EXPLAINED.full - EXPLAINED.none);
  const clamped = Math.min(1, Math.max(0, t));
  return clamped * clamped * (3 - 2 * clamped);
}

/** A fit that finer ones will lean on: it goes away from its own prior only as far as it explains the edit. */
export function fitPrior(
  fit: Fit,
  sums: ArrayLike<number>,
  count: number,
  prior: ArrayLike<number>,
  ridge: number,
): void {
  fitColours(fit, sums, count, prior, ridge);
  const trust = trustOf(fit.explained, fit.residual, PRIOR_FLOOR);
  for (let i = 0; i < 9; i++) {
    const from = prior[i] ?? 0;
    fit.matrix[i] = from + trust * ((fit.matrix[i] ?? 0) - from);
  }
}

function bounded(gain: number): number {
  return Math.min(MOST_GAIN, Math.max(-MOST_GAIN, gain));
}
