import { alphasCumprod, at, linspace } from './noise-schedule.ts';
import type { SchedulerConfig } from './config.ts';

/** In place of a signal of zero, which would make sigma infinite. */
const SMALLEST_ALPHA = 2 ** -24;
/** The exponent that Karras et al. 2022 recommend. */
const RHO = 7;

/** sqrt((1 - alpha) / alpha) for every training step, ascending. */
export function trainSigmas(config: SchedulerConfig): Float64Array {
  return alphasCumprod(config).map((alpha) => {
    const safe = config.zeroTerminalSnr ? Math.max(alpha, SMALLEST_ALPHA) : alpha;
    return Math.fround(Math.sqrt(Math.fround(Math.fround(1 - safe) / safe)));
  });
}

/** The sigma at a timestep that may be a fraction. */
export function interpolateSigmas(sigmas: Float64Array, timestep: number): number {
  const low = Math.min(Math.max(0, Math.floor(timestep)), sigmas.length - 1);
  const high = Math.min(low + 1, sigmas.length - 1);
  const part = Math.min(Math.max(0, timestep - low), 1);
  return at(sigmas, low) + part * (at(sigmas, high) - at(sigmas, low));
}

/** Descending from `largest` to `smallest` (Karras et al. 2022, eq. 5). */
export function karrasSigmas(smallest: number, largest: number, count: number): number[] {
  const from = largest ** (1 / RHO);
  const to = smallest ** (1 / RHO);
  return linspace(0, 1, count).map((part) => (from + part * (to - from)) ** RHO);
}

/** The timestep, as a fraction, whose sigma this is: linear in the logarithm between training steps. */
export function timestepOfSigma(sigmas: Float64Array, sigma: number): number {
  const log = (index: number) => Math.fround(Math.log(at(sigmas, index)));
  const wanted = Math.log(Math.max(sigma, 1e-10));
  let low = 0;
  while (low < sigmas.length - 2 && log(low + 1) <= wanted) {
    low++;
  }
  const below = log(low);
  const above = log(low + 1);
  return low + Math.min(Math.max((wanted - below) / (above - below), 0), 1);
}
