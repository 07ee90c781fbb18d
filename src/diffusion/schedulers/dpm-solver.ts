import { unreachable } from '../../base/assert.ts';
import type { Level, Sampler, SamplerOptions, SchedulerConfig, StepPlan, Term } from './config.ts';
import { cleanEstimate } from './ddim.ts';
import {
  leadingTimesteps,
  linspace,
  roundHalfEven,
  startStep,
  trailingTimesteps,
} from './noise-schedule.ts';
import { interpolateSigmas, karrasSigmas, timestepOfSigma, trainSigmas } from './sigmas.ts';

/** Below this many steps the last one is of first order, for stability. */
const FEW_STEPS = 15;

/**
 * DPM-Solver++ of second order, multistep (Lu et al. 2022), and its stochastic variant, as diffusers'
 * DPMSolverMultistepScheduler with `dpmsolver++` and `sde-dpmsolver++`. Keeps the clean estimate of the step before.
 */
export function planDpmSolver(
  config: SchedulerConfig,
  { steps, strength }: SamplerOptions,
): Sampler {
  const { timesteps, sigmas } = schedule(config, steps);
  const first = startStep(steps, strength);
  const plans = timesteps.slice(first).map((timestep, i): StepPlan => {
    const index = first + i;
    const from = levelOfSigma(sigmas[index] ?? 0);
    const to = levelOfSigma(sigmas[index + 1] ?? 0);
    const isLast = index === steps - 1;
    const dropsOrder = isLast && lastIsFirstOrder(config, steps);
    const before = i === 0 || dropsOrder ? null : levelOfSigma(sigmas[index - 1] ?? 0);
    return {
      timestep,
      inputScale: 1,
      x0: cleanEstimate(config.prediction, from.signal ** 2),
      clip: config.clipRange ?? null,
      next: solve(config, from, to, before),
      landsOn: to,
    };
  });
  return { steps: plans, pureNoise: 1, start: levelOfSigma(sigmas[first] ?? 0) };
}

function solve(config: SchedulerConfig, from: Level, to: Level, before: Level | null): Term[] {
  const logSnr = (level: Level) => Math.log(level.signal) - Math.log(level.noise);
  const h = logSnr(to) - logSnr(from);
  const isStochastic = config.stochastic === true;
  const decay = isStochastic ? -Math.expm1(-2 * h) : -Math.expm1(-h);
  const terms: Term[] = [
    { source: 'sample', scale: (to.noise / from.noise) * (isStochastic ? Math.exp(-h) : 1) },
    { source: 'x0', scale: to.signal * decay },
  ];
  if (before !== null) {
    const ratio = (logSnr(from) - logSnr(before)) / h;
    const exponent = isStochastic ? 2 * h : h;
    const second = config.solver === 'heun' ? 1 - decay / exponent : decay / 2;
    terms.push(
      { source: 'x0', scale: (to.signal * second) / ratio },
      { source: 'lastX0', scale: (-to.signal * second) / ratio },
    );
  }
  if (isStochastic) {
    terms.push({ source: 'noise', scale: to.noise * Math.sqrt(decay) });
  }
  return terms;
}

function lastIsFirstOrder(config: SchedulerConfig, steps: number): boolean {
  return (
    config.eulerAtFinal === true ||
    (config.lowerOrderFinal !== false && steps < FEW_STEPS) ||
    (config.finalSigma ?? 'zero') === 'zero'
  );
}

/** Variance-preserving form: signal^2 + noise^2 = 1. */
function levelOfSigma(sigma: number): Level {
  const signal = 1 / Math.sqrt(sigma ** 2 + 1);
  return { signal, noise: sigma * signal };
}

function schedule(
  config: SchedulerConfig,
  steps: number,
): { timesteps: number[]; sigmas: number[] } {
  const trained = trainSigmas(config);
  const last = config.finalSigma === 'sigma_min' ? (trained[0] ?? 0) : 0;
  if (config.karras === true) {
    const sigmas = karrasSigmas(trained[0] ?? 0, trained.at(-1) ?? 0, steps);
    // Unlike Euler, this solver feeds whole timesteps.
    const timesteps = sigmas.map((sigma) => roundHalfEven(timestepOfSigma(trained, sigma)));
    return { timesteps, sigmas: [...sigmas, last] };
  }
  const timesteps = solverTimesteps(config, steps);
  return {
    timesteps,
    sigmas: [...timesteps.map((timestep) => interpolateSigmas(trained, timestep)), last],
  };
}

/** Descending. */
function solverTimesteps(config: SchedulerConfig, steps: number): number[] {
  const { spacing, trainSteps, stepsOffset } = config;
  switch (spacing) {
    case 'linspace':
      return linspace(0, trainSteps - 1, steps + 1)
        .map(roundHalfEven)
        .reverse()
        .slice(0, -1);
    case 'leading':
      return leadingTimesteps(Math.floor(trainSteps / (steps + 1)), steps + 1, stepsOffset)
        .reverse()
        .slice(0, -1);
    case 'trailing':
      return trailingTimesteps(trainSteps, steps);
    default:
      return unreachable(spacing);
  }
}
