import { AppError } from '../base/error.ts';
import type { Level, Sampler, SchedulerConfig, StepPlan } from './schedulers/config.ts';
import { cleanEstimate, noiseEstimate, scaled } from './schedulers/ddim.ts';

/**
 * DDIM inversion (Song et al. 2021, section 4.3) along a sampler's own levels: from the clean source up to where its first
 * step begins, the last step first. Step i of the result lands where step n - 1 - i of the sampler begins, in that
 * sampler's scale. For DDIM it is diffusers' DDIMInverseScheduler, whose start it shares: the source is taken to stand
 * at the level the last step lands on. `edit/bad-setting` for models that predict the sample: at the clean level
 * nothing tells what they take for noise.
 */
export function planInversion(
  sampler: Sampler,
  prediction: SchedulerConfig['prediction'],
): StepPlan[] {
  if (prediction === 'sample') {
    throw new AppError(
      'edit/bad-setting',
      'The model predicts the picture itself, so a source can’t be inverted with it; choose renoise.',
    );
  }
  return sampler.steps
    .map(({ timestep, landsOn: from }, i): StepPlan => {
      const to = sampler.steps[i - 1]?.landsOn ?? sampler.start;
      const inputScale = 1 / size(from);
      const terms = (made: ReturnType<typeof cleanEstimate>) =>
        made.map((term) =>
          term.source === 'sample' ? { ...term, scale: term.scale * inputScale } : term,
        );
      const alpha = (from.signal / size(from)) ** 2;
      return {
        timestep,
        inputScale,
        x0: terms(cleanEstimate(prediction, alpha)),
        clip: null,
        next: [
          { source: 'x0', scale: to.signal },
          ...scaled(terms(noiseEstimate(prediction, alpha)), to.noise),
        ],
        landsOn: to,
      };
    })
    .reverse();
}

/** Of a sample at that level, whose clean part and noise have deviation 1. */
function size({ signal, noise }: Level): number {
  return Math.hypot(signal, noise);
}
