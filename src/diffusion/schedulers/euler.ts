import { unreachable } from '../../base/assert.ts';
import type { Sampler, SamplerOptions, SchedulerConfig, StepPlan, Term } from './config.ts';
import { interpolateSigmas, karrasSigmas, timestepOfSigma, trainSigmas } from './sigmas.ts';
import { leadingTimesteps, linspace, startStep, trailingTimesteps } from './noise-schedule.ts';

/** Samples are source + sigma * noise here (Karras et al. 2022), so the model reads them scaled by 1 / sqrt(sigma^2 + 1). */
type SigmaStep = { readonly timestep: number; readonly sigma: number; readonly next: number };

/** Euler's method, as diffusers' EulerDiscreteScheduler without churn. */
export function planEuler(config: SchedulerConfig, options: SamplerOptions): Sampler {
  return planSigmas(config, options, ({ sigma, next }) => slope(sigma, next - sigma));
}

/** Euler's method with ancestral noise, as diffusers' EulerAncestralDiscreteScheduler. */
export function planEulerAncestral(config: SchedulerConfig, options: SamplerOptions): Sampler {
  return planSigmas({ ...config, karras: false }, options, ({ sigma, next }) => {
    const up = Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2);
    const down = Math.sqrt(next ** 2 - up ** 2);
    return [
      ...slope(sigma, down - sigma),
      ...(up > 0 ? [{ source: 'noise', scale: up } as const] : []),
    ];
  });
}

function planSigmas(
  config: SchedulerConfig,
  { steps, strength }: SamplerOptions,
  next: (step: SigmaStep) => readonly Term[],
): Sampler {
  const schedule = sigmaSteps(config, steps);
  const largest = Math.max(...schedule.map((step) => step.sigma));
  const run = schedule.slice(startStep(steps, strength));
  return {
    steps: run.map((step): StepPlan => ({
      timestep: step.timestep,
      inputScale: 1 / Math.sqrt(step.sigma ** 2 + 1),
      x0: cleanEstimate(config.prediction, step.sigma),
      clip: null,
      next: next(step),
      landsOn: { signal: 1, noise: step.next },
    })),
    pureNoise: config.spacing === 'leading' ? Math.sqrt(largest ** 2 + 1) : largest,
    start: { signal: 1, noise: run[0]?.sigma ?? largest },
  };
}

/** sample + (sample - x0) / sigma * delta */
function slope(sigma: number, delta: number): Term[] {
  return [
    { source: 'sample', scale: 1 + delta / sigma },
    { source: 'x0', scale: -delta / sigma },
  ];
}

function cleanEstimate(prediction: SchedulerConfig['prediction'], sigma: number): Term[] {
  switch (prediction) {
    case 'epsilon':
      return [
        { source: 'sample', scale: 1 },
        { source: 'output', scale: -sigma },
      ];
    case 'v':
      return [
        { source: 'sample', scale: 1 / (sigma ** 2 + 1) },
        { source: 'output', scale: -sigma / Math.sqrt(sigma ** 2 + 1) },
      ];
    case 'sample':
      return [{ source: 'output', scale: 1 }];
    default:
      return unreachable(prediction);
  }
}

function sigmaSteps(config: SchedulerConfig, steps: number): SigmaStep[] {
  const trained = trainSigmas(config);
  let timesteps = eulerTimesteps(config, steps);
  let sigmas = timesteps.map((timestep) => interpolateSigmas(trained, timestep));
  if (config.karras === true) {
    sigmas = karrasSigmas(sigmas.at(-1) ?? 0, sigmas[0] ?? 0, steps);
    timesteps = sigmas.map((sigma) => timestepOfSigma(trained, sigma));
  }
  const last = config.finalSigma === 'sigma_min' ? (trained[0] ?? 0) : 0;
  return sigmas.map((sigma, i) => ({
    timestep: timesteps[i] ?? 0,
    sigma,
    next: sigmas[i + 1] ?? last,
  }));
}

/** Descending; fractions are kept, at the float32 precision in which models get them. */
function eulerTimesteps(config: SchedulerConfig, steps: number): number[] {
  const { spacing, trainSteps, stepsOffset } = config;
  switch (spacing) {
    case 'linspace':
      return linspace(0, trainSteps - 1, steps)
        .map((timestep) => Math.fround(timestep))
        .reverse();
    case 'leading':
      return leadingTimesteps(Math.floor(trainSteps / steps), steps, stepsOffset).reverse();
    case 'trailing':
      return trailingTimesteps(trainSteps, steps);
    default:
      return unreachable(spacing);
  }
}
