import { assert, unreachable } from '../../base/assert.ts';
import type { Sampler, SamplerOptions, SchedulerConfig, StepPlan, Term } from './config.ts';
import {
  alphasCumprod,
  at,
  leadingTimesteps,
  levelOf,
  linspace,
  roundHalfEven,
  startStep,
  trailingTimesteps,
} from './noise-schedule.ts';

/** DDIM (Song et al. 2021), as diffusers' DDIMScheduler. With eta 0 it draws no noise. */
export function planDdim(config: SchedulerConfig, { steps, strength }: SamplerOptions): Sampler {
  const alphas = alphasCumprod(config);
  const timesteps = ddimTimesteps(config, steps).slice(startStep(steps, strength));
  const stride = Math.floor(config.trainSteps / steps);
  const final = config.setAlphaToOne ? 1 : at(alphas, 0);
  const plans = timesteps.map((timestep): StepPlan => {
    const previous = timestep - stride;
    const alpha = at(alphas, timestep);
    const landing = previous >= 0 ? at(alphas, previous) : final;
    const variance = ((1 - landing) / (1 - alpha)) * (1 - alpha / landing);
    const deviation = (config.eta ?? 0) * Math.sqrt(Math.max(0, variance));
    const towardsNoise = Math.sqrt(Math.max(0, 1 - landing - deviation ** 2));
    return {
      timestep,
      inputScale: 1,
      x0: cleanEstimate(config.prediction, alpha),
      clip: config.clipRange ?? null,
      next: [
        { source: 'x0', scale: Math.sqrt(landing) },
        ...scaled(noiseEstimate(config.prediction, alpha), towardsNoise),
        ...(deviation > 0 ? [{ source: 'noise', scale: deviation } as const] : []),
      ],
      landsOn: levelOf(landing),
    };
  });
  return { steps: plans, pureNoise: 1, start: levelOf(at(alphas, timesteps[0] ?? 0)) };
}

/** DDIM run backwards, from the clean sample to noise, as diffusers' DDIMInverseScheduler. */
export function planDdimInverse(
  config: SchedulerConfig,
  { steps, strength }: SamplerOptions,
): Sampler {
  const alphas = alphasCumprod(config);
  const initial = config.setAlphaToOne ? 1 : at(alphas, 0);
  const stride = Math.floor(config.trainSteps / steps);
  const timesteps = ddimTimesteps(config, steps).slice(startStep(steps, strength)).reverse();
  const plans = timesteps.map((timestep): StepPlan => {
    const from = Math.min(timestep - stride, config.trainSteps - 1);
    const alpha = from >= 0 ? at(alphas, from) : initial;
    const landing = at(alphas, timestep);
    return {
      timestep,
      inputScale: 1,
      x0: cleanEstimate(config.prediction, alpha),
      clip: config.clipRange ?? null,
      next: [
        { source: 'x0', scale: Math.sqrt(landing) },
        ...scaled(noiseEstimate(config.prediction, alpha), Math.sqrt(1 - landing)),
      ],
      landsOn: levelOf(landing),
    };
  });
  return { steps: plans, pureNoise: 1, start: { signal: 1, noise: 0 } };
}

/** Descending. */
function ddimTimesteps(config: SchedulerConfig, steps: number): number[] {
  const { spacing, trainSteps, stepsOffset } = config;
  assert(steps >= 1 && steps <= trainSteps, `${steps} steps of ${trainSteps}`);
  switch (spacing) {
    case 'linspace':
      return linspace(0, trainSteps - 1, steps)
        .map(roundHalfEven)
        .reverse();
    case 'leading':
      return leadingTimesteps(Math.floor(trainSteps / steps), steps, stepsOffset).reverse();
    case 'trailing':
      return trailingTimesteps(trainSteps, steps);
    default:
      return unreachable(spacing);
  }
}

/** The clean sample from the sample and the model's output at a level. */
export function cleanEstimate(prediction: SchedulerConfig['prediction'], alpha: number): Term[] {
  const { signal, noise } = levelOf(alpha);
  switch (prediction) {
    case 'epsilon':
      return [
        { source: 'sample', scale: 1 / signal },
        { source: 'output', scale: -noise / signal },
      ];
    case 'v':
      return [
        { source: 'sample', scale: signal },
        { source: 'output', scale: -noise },
      ];
    case 'sample':
      return [{ source: 'output', scale: 1 }];
    default:
      return unreachable(prediction);
  }
}

/** The noise in the sample, from the sample and the model's output at a level. */
export function noiseEstimate(prediction: SchedulerConfig['prediction'], alpha: number): Term[] {
  const { signal, noise } = levelOf(alpha);
  switch (prediction) {
    case 'epsilon':
      return [{ source: 'output', scale: 1 }];
    case 'v':
      return [
        { source: 'output', scale: signal },
        { source: 'sample', scale: noise },
      ];
    case 'sample':
      return [
        { source: 'sample', scale: 1 / noise },
        { source: 'output', scale: -signal / noise },
      ];
    default:
      return unreachable(prediction);
  }
}

export function scaled(terms: readonly Term[], scale: number): Term[] {
  return terms.map((term) => ({ source: term.source, scale: term.scale * scale }));
}
