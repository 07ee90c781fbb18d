/** How a share is shown and typed: in percent, with so many digits behind the point where they are not zero. */
export function percent(digits = 0, isSigned = false) {
  const scale = 10 ** digits;
  return {
    format: (share: number): string =>
      `${isSigned && share > 0 ? '+' : ''}${Math.round(share * 100 * scale) / scale} %`,
    parse: (typed: number): number => typed / 100,
  };
}
