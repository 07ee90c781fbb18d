import type { SchedulerConfig } from '../diffusion/schedulers/config.ts';
import type { Manifest } from '../models/manifest.ts';

/** The package's scheduler defaults as a sampler's config. */
export function toSchedulerConfig(manifest: Manifest): SchedulerConfig {
  const { clipSample, ...scheduler } = manifest.scheduler;
  return { ...scheduler, prediction: manifest.prediction, clipRange: clipSample ? 1 : null };
}
