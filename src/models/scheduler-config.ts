import * as v from 'valibot';
import { AppError } from '../base/error.ts';
import type { Manifest } from './manifest.ts';

type SchedulerDefaults = Manifest['scheduler'];

const finite = v.pipe(v.number(), v.finite());
const steps = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000));

const schema = v.object({
  _class_name: v.optional(v.string()),
  num_train_timesteps: v.optional(steps, 1000),
  beta_start: v.optional(finite, 0.00085),
  beta_end: v.optional(finite, 0.012),
  beta_schedule: v.optional(
    v.picklist(['linear', 'scaled_linear', 'squaredcos_cap_v2']),
    'scaled_linear',
  ),
  prediction_type: v.optional(v.picklist(['epsilon', 'v_prediction', 'sample']), 'epsilon'),
  timestep_spacing: v.optional(v.picklist(['leading', 'linspace', 'trailing'])),
  steps_offset: v.optional(finite),
  rescale_betas_zero_snr: v.optional(v.boolean(), false),
  set_alpha_to_one: v.optional(v.boolean()),
  clip_sample: v.optional(v.boolean()),
  trained_betas: v.optional(v.nullable(v.unknown())),
  deltacut_steps: v.optional(steps),
});

type Family = {
  readonly kind: SchedulerDefaults['kind'];
  readonly steps: number;
  readonly spacing: SchedulerDefaults['spacing'];
  readonly setAlphaToOne: boolean;
  readonly clipSample: boolean;
};

function family(
  kind: Family['kind'],
  steps: number,
  spacing: Family['spacing'],
  clipSample = false,
  setAlphaToOne = true,
): Family {
  return { kind, steps, spacing, setAlphaToOne, clipSample };
}

/**
 * diffusers' scheduler classes, the sampler of ours that serves each, and the class's own defaults. A public
 * checkpoint's scheduler is a suggestion: samplers that only differ in order get the nearest one.
 */
const FAMILIES: Readonly<Record<string, Family>> = {
  DDIMScheduler: family('ddim', 20, 'leading', true),
  PNDMScheduler: family('ddim', 20, 'leading', false, false),
  DDPMScheduler: family('ddim', 20, 'leading', true),
  EulerDiscreteScheduler: family('euler', 20, 'linspace'),
  LMSDiscreteScheduler: family('euler', 20, 'linspace'),
  HeunDiscreteScheduler: family('euler', 20, 'linspace'),
  EulerAncestralDiscreteScheduler: family('euler-ancestral', 20, 'linspace'),
  DPMSolverMultistepScheduler: family('dpm++2m', 20, 'linspace'),
  UniPCMultistepScheduler: family('dpm++2m', 20, 'linspace'),
  LCMScheduler: family('lcm', 4, 'leading'),
  TCDScheduler: family('tcd', 4, 'leading'),
};

/** Of a checkpoint that names no class: what Stable Diffusion 1.5 comes with. */
const UNNAMED = family('ddim', 20, 'leading', false, false);
const UNNAMED_OFFSET = 1;

const PREDICTIONS = { epsilon: 'epsilon', v_prediction: 'v', sample: 'sample' } as const;

/** Reads scheduler_config.json (any diffusers class above); an empty object gives Stable Diffusion 1.5's. */
export function parseSchedulerConfig(json: Readonly<Record<string, unknown>>): {
  readonly scheduler: SchedulerDefaults;
  readonly prediction: Manifest['prediction'];
} {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new AppError(
      'model/bad-checkpoint',
      `Scheduler config, ${v.getDotPath(issue) ?? 'top'}: ${issue.message}`,
    );
  }
  const raw = parsed.output;
  const name = raw._class_name;
  const defaults = name === undefined ? UNNAMED : FAMILIES[name];
  if (defaults === undefined) {
    throw new AppError('model/unsupported', `Scheduler ${name}.`);
  }
  if ((raw.trained_betas ?? null) !== null) {
    throw new AppError('model/unsupported', 'The scheduler lists its own betas (trained_betas).');
  }
  const spacing = raw.timestep_spacing ?? defaults.spacing;
  const fewSteps = defaults.kind === 'euler' && spacing === 'trailing';
  return {
    prediction: PREDICTIONS[raw.prediction_type],
    scheduler: {
      kind: defaults.kind,
      steps: raw.deltacut_steps ?? (fewSteps ? 1 : defaults.steps),
      trainSteps: raw.num_train_timesteps,
      betaStart: raw.beta_start,
      betaEnd: raw.beta_end,
      betaSchedule: raw.beta_schedule,
      spacing,
      stepsOffset: raw.steps_offset ?? (name === undefined ? UNNAMED_OFFSET : 0),
      zeroTerminalSnr: raw.rescale_betas_zero_snr,
      setAlphaToOne: raw.set_alpha_to_one ?? defaults.setAlphaToOne,
      clipSample: raw.clip_sample ?? defaults.clipSample,
    },
  };
}
