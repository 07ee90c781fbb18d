import { AppError } from '../../base/error.ts';
import type { WeightCoder } from '../quantise/weight-coder.ts';
import type { Weights } from '../reading/weights.ts';
import { planStarterVae } from './starter-vae.ts';
import { planVaeKl } from './vae-kl.ts';
import type { VaePlan } from './vae-plan.ts';
import { planVaeTiny } from './vae-tiny.ts';

type Planner = (
  json: Readonly<Record<string, unknown>>,
  weights: Weights,
  coder: WeightCoder,
) => VaePlan;

const PLANNERS: Readonly<Record<string, Planner>> = {
  AutoencoderKL: planVaeKl,
  AutoencoderTiny: planVaeTiny,
  DeltacutAutoencoder: planStarterVae,
};

/** The autoencoder that config.json names. */
export function planVae(
  json: Readonly<Record<string, unknown>>,
  weights: Weights,
  coder: WeightCoder,
): VaePlan {
  const name = json['_class_name'] ?? 'AutoencoderKL';
  const planner =
    typeof name === 'string' && Object.hasOwn(PLANNERS, name) ? PLANNERS[name] : undefined;
  if (planner === undefined) {
    throw new AppError(
      'model/unsupported',
      `The VAE is a ${JSON.stringify(name)}; supported are ${Object.keys(PLANNERS).join(', ')}.`,
    );
  }
  return planner(json, weights, coder);
}
