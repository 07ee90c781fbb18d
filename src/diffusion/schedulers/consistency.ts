import { AppError } from '../../base/error.ts';
import type { Sampler, SamplerOptions, SchedulerConfig, StepPlan, Term } from './config.ts';
import { cleanEstimate, noiseEstimate, scaled } from './ddim.ts';
import { alphasCumprod, at, levelOf } from './noise-schedule.ts';

/** Deviation of the data that the boundary condition of consistency models assumes (Song et al. 2023). */
const SIGMA_DATA = 0.5;

/** Latent consistency sampling (Luo et al. 2023), as diffusers' LCMScheduler. */
export function planLcm(config: SchedulerConfig, options: SamplerOptions): Sampler {
  const alphas = alphasCumprod(config);
  const timesteps = distilledTimesteps(config, options);
  const plans = timesteps.map((timestep, i): StepPlan => {
    const following = timesteps[i + 1];
    const time = timestep * (config.timestepScaling ?? 10);
    const skip = SIGMA_DATA ** 2 / (time ** 2 + SIGMA_DATA ** 2);
    const out = time / Math.sqrt(time ** 2 + SIGMA_DATA ** 2);
    const denoised: Term[] = [
      { source: 'x0', scale: out },
      { source: 'sample', scale: skip },
    ];
    const shared = {
      timestep,
      inputScale: 1,
      x0: cleanEstimate(config.prediction, at(alphas, timestep)),
      clip: config.clipRange ?? null,
    };
    if (following === undefined) {
      return { ...shared, next: denoised, landsOn: { signal: 1, noise: 0 } };
    }
    const level = levelOf(at(alphas, following));
    return {
      ...shared,
      next: [...scaled(denoised, level.signal), { source: 'noise', scale: level.noise }],
      landsOn: level,
    };
  });
  return { steps: plans, pureNoise: 1, start: levelOf(at(alphas, timesteps[0] ?? 0)) };
}

/** Trajectory consistency sampling (Zheng et al. 2024), as diffusers' TCDScheduler. */
export function planTcd(config: SchedulerConfig, options: SamplerOptions): Sampler {
  const alphas = alphasCumprod(config);
  const timesteps = distilledTimesteps(config, options);
  const eta = config.eta ?? 0.3;
  const plans = timesteps.map((timestep, i): StepPlan => {
    const following = timesteps[i + 1];
    const alpha = at(alphas, timestep);
    const between = at(alphas, Math.floor((1 - eta) * (following ?? 0)));
    const noised: Term[] = [
      { source: 'x0', scale: Math.sqrt(between) },
      ...scaled(noiseEstimate(config.prediction, alpha), Math.sqrt(1 - between)),
    ];
    const shared = {
      timestep,
      inputScale: 1,
      x0: cleanEstimate(config.prediction, alpha),
      clip: config.clipRange ?? null,
    };
    if (following === undefined || eta === 0) {
      return { ...shared, next: noised, landsOn: levelOf(between) };
    }
    const landing = at(alphas, following);
    const kept = landing / between;
    return {
      ...shared,
      next: [...scaled(noised, Math.sqrt(kept)), { source: 'noise', scale: Math.sqrt(1 - kept) }],
      landsOn: levelOf(landing),
    };
  });
  return { steps: plans, pureNoise: 1, start: levelOf(at(alphas, timesteps[0] ?? 0)) };
}

/**
 * Evenly spread over the timesteps of the distillation; strength shortens their range and keeps the number of steps.
 * `edit/bad-setting` where the range has fewer.
 */
function distilledTimesteps(
  config: SchedulerConfig,
  { steps, strength }: SamplerOptions,
): number[] {
  const originalSteps = config.originalSteps ?? 50;
  const ratio = Math.floor(config.trainSteps / originalSteps);
  const range = Math.trunc(originalSteps * strength);
  if (range < steps) {
    throw new AppError(
      'edit/bad-setting',
      `The model was distilled to ${originalSteps} steps: strength ${strength} leaves ${range} of them, fewer than ${steps}. Take fewer steps or more strength.`,
    );
  }
  return Array.from(
    { length: steps },
    (_, i) => (range - Math.floor((i * range) / steps)) * ratio - 1,
  );
}
