import { AppError } from '../../base/error.ts';
import type { SchedulerConfig, SchedulerKind } from './config.ts';

const KINDS: Readonly<Record<string, SchedulerKind>> = {
  DDIMScheduler: 'ddim',
  DDIMInverseScheduler: 'ddim-inverse',
  EulerDiscreteScheduler: 'euler',
  EulerAncestralDiscreteScheduler: 'euler-ancestral',
  LCMScheduler: 'lcm',
  DPMSolverMultistepScheduler: 'dpm++2m',
  TCDScheduler: 'tcd',
};
/** Keys that change the result in a way that is not implemented, with the values that leave it alone. */
const NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  trained_betas: [null],
  thresholding: [false],
  use_exponential_sigmas: [false, null],
  use_beta_sigmas: [false, null],
  use_flow_sigmas: [false, null],
  use_lu_lambdas: [false, null],
  interpolation_type: ['linear'],
  timestep_type: ['discrete'],
  solver_order: [2],
  sigma_min: [null],
  sigma_max: [null],
};

/** A `scheduler_config.json` of diffusers; what it does not say has the class's default, what can't be done is refused. */
export function fromDiffusersScheduler(json: Readonly<Record<string, unknown>>): SchedulerConfig {
  const className = String(json['_class_name']);
  const kind = KINDS[className];
  if (kind === undefined) {
    throw new AppError(
      'model/unsupported',
      `Its sampler is ${className}; known are ${Object.keys(KINDS).join(', ')}.`,
    );
  }
  for (const [key, allowed] of Object.entries(NEUTRAL)) {
    if (key in json && !allowed.includes(json[key])) {
      throw refusal(key, json[key]);
    }
  }
  const isKind = (...kinds: SchedulerKind[]) => kinds.includes(kind);
  const distilled = isKind('lcm', 'tcd');
  const pick = pickFrom(json);
  const clips = pick.boolean('clip_sample', isKind('ddim', 'ddim-inverse'));
  const algorithm = pick.text('algorithm_type', ['dpmsolver++', 'sde-dpmsolver++'], 'dpmsolver++');
  return {
    kind,
    prediction: ({ epsilon: 'epsilon', v_prediction: 'v', sample: 'sample' } as const)[
      pick.text('prediction_type', ['epsilon', 'v_prediction', 'sample'], 'epsilon')
    ],
    trainSteps: pick.number('num_train_timesteps', 1000),
    betaStart: pick.number('beta_start', distilled ? 0.00085 : 0.0001),
    betaEnd: pick.number('beta_end', distilled ? 0.012 : 0.02),
    betaSchedule: pick.text(
      'beta_schedule',
      ['linear', 'scaled_linear', 'squaredcos_cap_v2'],
      distilled ? 'scaled_linear' : 'linear',
    ),
    spacing: pick.text(
      'timestep_spacing',
      ['leading', 'linspace', 'trailing'],
      isKind('euler', 'euler-ancestral', 'dpm++2m') ? 'linspace' : 'leading',
    ),
    stepsOffset: pick.number('steps_offset', 0),
    zeroTerminalSnr: pick.boolean('rescale_betas_zero_snr', false),
    setAlphaToOne: pick.boolean('set_alpha_to_one', true),
    clipRange: clips ? pick.number('clip_sample_range', 1) : null,
    karras: pick.boolean('use_karras_sigmas', false),
    stochastic: algorithm === 'sde-dpmsolver++',
    solver: pick.text('solver_type', ['midpoint', 'heun'], 'midpoint'),
    lowerOrderFinal: pick.boolean('lower_order_final', true),
    eulerAtFinal: pick.boolean('euler_at_final', false),
    finalSigma: pick.text('final_sigmas_type', ['zero', 'sigma_min'], 'zero'),
    originalSteps: pick.number('original_inference_steps', 50),
    timestepScaling: pick.number('timestep_scaling', 10),
  };
}

function refusal(key: string, value: unknown): AppError {
  return new AppError(
    'model/unsupported',
    `Its sampler has ${key} = ${JSON.stringify(value)}, which is not known here.`,
  );
}

/** Typed look-ups: an absent or null key gives the default, a wrong type or unknown value is refused. */
function pickFrom(json: Readonly<Record<string, unknown>>) {
  const read = <T>(key: string, fallback: T, isValid: (value: unknown) => value is T): T => {
    const value = json[key] ?? fallback;
    if (!isValid(value)) {
      throw refusal(key, value);
    }
    return value;
  };
  return {
    number: (key: string, fallback: number) =>
      read(
        key,
        fallback,
        (value): value is number => typeof value === 'number' && Number.isFinite(value),
      ),
    boolean: (key: string, fallback: boolean) =>
      read(key, fallback, (value): value is boolean => typeof value === 'boolean'),
    text: <T extends string>(key: string, allowed: readonly T[], fallback: T): T =>
      read(key, fallback, (value): value is T => (allowed as readonly unknown[]).includes(value)),
  };
}
