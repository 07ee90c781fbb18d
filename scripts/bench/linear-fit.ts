/** y = slope · x + intercept by least squares; r2: share of the variance of y that it explains, 0…1. */
export type LinearFit = {
  readonly slope: number;
  readonly intercept: number;
  readonly r2: number;
};

/** Of two points or more with different x; arrays of one length. */
export function fitLine(xs: readonly number[], ys: readonly number[]): LinearFit {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let covariance = 0;
  let varianceX = 0;
  let varianceY = 0;
  xs.forEach((x, i) => {
    const y = ys[i] ?? NaN;
    covariance += (x - meanX) * (y - meanY);
    varianceX += (x - meanX) ** 2;
    varianceY += (y - meanY) ** 2;
  });
  const slope = covariance / varianceX;
  return {
    slope,
    intercept: meanY - slope * meanX,
    r2: varianceY === 0 ? 1 : covariance ** 2 / (varianceX * varianceY),
  };
}
