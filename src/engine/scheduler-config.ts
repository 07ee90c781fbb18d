import { AppError } from '../base/error.ts';
import type { Sampler, SamplerOptions, SchedulerConfig } from '../diffusion/schedulers/config.ts';
import { createSampler } from '../diffusion/schedulers/create-sampler.ts';
import type { Manifest } from '../models/manifest.ts';

/** The package's scheduler defaults as a sampler's config. */
export function toSchedulerConfig(manifest: Manifest): SchedulerConfig {
  const { clipSample, ...scheduler } = manifest.scheduler;
  return { ...scheduler, prediction: manifest.prediction, clipRange: clipSample ? 1 : null };
}

/** The sampler of an edit with a package; `model/unsupported` where it does what no latent model needs. */
export function createEditSampler(manifest: Manifest, options: SamplerOptions): Sampler {
  const sampler = createSampler(toSchedulerConfig(manifest), options);
  if (sampler.steps.some((step) => step.clip !== null)) {
    throw new AppError(
      'model/unsupported',
      'Its sampler clamps the latents: set clip_sample to false in its scheduler_config.json and import it again.',
    );
  }
  return sampler;
}
