/** What a sampler needs to know; the names follow diffusers' scheduler configs. Defaults of the optional ones are theirs too. */
export type SchedulerConfig = {
  readonly kind: SchedulerKind;
  readonly prediction: 'epsilon' | 'v' | 'sample';
  readonly trainSteps: number;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly betaSchedule: 'linear' | 'scaled_linear' | 'squaredcos_cap_v2';
  readonly spacing: 'leading' | 'linspace' | 'trailing';
  readonly stepsOffset: number;
  readonly zeroTerminalSnr: boolean;
  readonly setAlphaToOne: boolean;
  /** Estimates of the clean sample are clamped to this size; null or absent for latents. */
  readonly clipRange?: number | null;
  /** DDIM and TCD: 0 draws no noise. Default 0 for DDIM, 0.3 for TCD. */
  readonly eta?: number;
  /** Euler and DPM++: Karras et al. 2022 sigmas. */
  readonly karras?: boolean;
  /** DPM++: the stochastic variant. */
  readonly stochastic?: boolean;
  readonly solver?: 'midpoint' | 'heun';
  readonly lowerOrderFinal?: boolean;
  readonly eulerAtFinal?: boolean;
  readonly finalSigma?: 'zero' | 'sigma_min';
  /** LCM and TCD: steps of the schedule that the model was distilled on. */
  readonly originalSteps?: number;
  readonly timestepScaling?: number;
};

export type SchedulerKind =
  | 'ddim'
  | 'ddim-inverse'
  | 'euler'
  | 'euler-ancestral'
  | 'lcm'
  | 'dpm++2m'
  | 'tcd';

/** What a step reads: `x0` is this step's estimate of the clean sample, `lastX0` the one of the step before. */
export type Source = 'sample' | 'output' | 'noise' | 'x0' | 'lastX0';
export type Term = { readonly source: Source; readonly scale: number };

/** Every sampler is linear in what it reads, so a step is a handful of coefficients. */
export type StepPlan = {
  /** Fed to the model; may be a fraction. */
  readonly timestep: number;
  /** The model reads sample * inputScale. */
  readonly inputScale: number;
  /** Estimate of the clean sample from `sample` and `output`. */
  readonly x0: readonly Term[];
  /** Clamp `x0` to +-clip before it is used. */
  readonly clip: number | null;
  /** The next sample. */
  readonly next: readonly Term[];
  /** The level landed on: a clean source at this level is source * signal + noise * noise. */
  readonly landsOn: Level;
};

export type Level = { readonly signal: number; readonly noise: number };

export type Sampler = {
  readonly steps: readonly StepPlan[];
  /** Start from noise alone: noise * pureNoise. */
  readonly pureNoise: number;
  /** Start from the source, noised to the first step's level. */
  readonly start: Level;
};

export type SamplerOptions = {
  readonly steps: number;
  /** 0 to 1: the part of the steps that is run, counted from the end (LCM, TCD: of the noise range instead). */
  readonly strength: number;
};
