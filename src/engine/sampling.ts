import { must } from '../base/assert.ts';
import { DisposalScope, type Disposable } from '../base/disposal.ts';
import { AppError } from '../base/error.ts';
import { drawNoise } from '../diffusion/noise.ts';
import type { Level, Sampler, Source, StepPlan, Term } from '../diffusion/schedulers/config.ts';
import { assembleInput, type FrameLatents } from './conditioning.ts';
import type { DiffusionModel } from './model.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import type { SelfAttention } from './unet.ts';

/** Frames on their way through the sampler, all at the same step. Owns its tensors. */
export type Trajectory = Disposable &
  FrameLatents & {
    /** Numbers within the clip: only the mode that draws noise per frame looks at them. */
    readonly frames: readonly number[];
    sample: Tensor;
    lastX0: Tensor | null;
  };

export type SamplingOptions = {
  readonly runtime: TensorRuntime;
  readonly model: DiffusionModel;
  readonly sampler: Sampler;
  readonly seed: number;
  /** Draw noise per frame instead of once for all. */
  readonly noisePerFrame: boolean;
  /** Start from noise alone, whatever the first level keeps of the source. */
  readonly startsFromNoise: boolean;
  readonly signal: AbortSignal;
};

/** One model, one sampler, one seed: starts trajectories and moves them on step by step. */
export class Sampling {
  readonly #options: SamplingOptions;

  constructor(options: SamplingOptions) {
    if (options.sampler.steps.some((step) => step.clip !== null)) {
      throw new AppError(
        'model/unsupported',
        'Its sampler clamps the latents, which no latent model needs.',
      );
    }
    this.#options = options;
  }

  get steps(): number {
    return this.#options.sampler.steps.length;
  }

  /** Takes `latents` over. */
  async start(latents: FrameLatents, frames: readonly number[]): Promise<Trajectory> {
    const { runtime, sampler, startsFromNoise } = this.#options;
    const { source, mask } = latents;
    const level = startsFromNoise ? { signal: 0, noise: sampler.pureNoise } : sampler.start;
    const trajectory: Trajectory = {
      frames,
      source,
      mask,
      sample: runtime.reshape(source, source.shape),
      lastX0: null,
      dispose: () => {
        for (const tensor of [source, mask, trajectory.sample, trajectory.lastX0]) {
          tensor?.dispose();
        }
      },
    };
    try {
      replaceSample(trajectory, await this.#noised(trajectory, level));
      return trajectory;
    } catch (error) {
      trajectory.dispose();
      throw error;
    }
  }

  /** Does step `index`: predict, guide, mix, and merge with the source outside the mask. */
  async advance(
    trajectory: Trajectory,
    index: number,
    selfAttention: SelfAttention,
  ): Promise<void> {
    const { runtime, sampler } = this.#options;
    const plan = must(sampler.steps[index], `step ${index}`);
    const scope = new DisposalScope();
    try {
      const output = scope.own(await this.#predict(trajectory, plan, selfAttention));
      const known: Partial<Record<Source, Tensor>> = { sample: trajectory.sample, output };
      if (trajectory.lastX0 !== null) {
        known.lastX0 = trajectory.lastX0;
      }
      const x0 = scope.own(await combineTerms(runtime, plan.x0, known));
      known.x0 = x0;
      if (plan.next.some((term) => term.source === 'noise')) {
        known.noise = scope.own(await this.#noise(trajectory, 'ancestral', index));
      }
      const next = scope.own(await combineTerms(runtime, plan.next, known));
      const merged = await this.#merge(trajectory, next, plan.landsOn);
      replaceSample(trajectory, merged ?? scope.release(next));
      if (sampler.steps[index + 1]?.next.some((term) => term.source === 'lastX0') === true) {
        trajectory.lastX0?.dispose();
        trajectory.lastX0 = scope.release(x0);
      }
    } finally {
      scope.dispose();
    }
  }

  /** The guided prediction, [frames, channels, h, w]. */
  async #predict(
    trajectory: Trajectory,
    plan: StepPlan,
    selfAttention: SelfAttention,
  ): Promise<Tensor> {
    const { runtime, model, signal } = this.#options;
    const scope = new DisposalScope();
    try {
      const { sample } = trajectory;
      const noisy =
        plan.inputScale === 1
          ? sample
          : scope.own(await runtime.combine([{ tensor: sample, scale: plan.inputScale }]));
      const input = scope.own(await assembleInput(runtime, model.manifest, noisy, trajectory));
      const call = { input, timestep: plan.timestep, selfAttention, signal };
      const raw = scope.own(await model.predict(call));
      if (model.branches === 1) {
        return scope.release(raw);
      }
      const frames = trajectory.frames.length;
      const terms: { tensor: Tensor; scale: number }[] = [];
      for (const [branch, scale] of model.guidance.entries()) {
        const tensor = await runtime.slice(raw, 0, branch * frames, (branch + 1) * frames);
        terms.push({ tensor: scope.own(tensor), scale });
      }
      return await runtime.combine(terms);
    } finally {
      scope.dispose();
    }
  }

  /** Outside the mask the source, noised to the level the step landed on, stays (VIA's local latent adaptation). */
  async #merge(trajectory: Trajectory, edited: Tensor, level: Level): Promise<Tensor | null> {
    if (trajectory.mask === null) {
      return null;
    }
    const kept = await this.#noised(trajectory, level);
    try {
      return await this.#options.runtime.mix(kept, edited, trajectory.mask);
    } finally {
      kept.dispose();
    }
  }

  /** The source at a level, with the `init` draw. */
  async #noised(trajectory: Trajectory, level: Level): Promise<Tensor> {
    const noise = await this.#noise(trajectory, 'init', 0);
    try {
      return await this.#options.runtime.combine([
        { tensor: trajectory.source, scale: level.signal },
        { tensor: noise, scale: level.noise },
      ]);
    } finally {
      noise.dispose();
    }
  }

  async #noise(trajectory: Trajectory, role: 'init' | 'ancestral', step: number): Promise<Tensor> {
    const { runtime, seed, model, noisePerFrame } = this.#options;
    const [channels, height, width] = model.latentShape;
    const count = channels * height * width;
    const { frames } = trajectory;
    if (noisePerFrame) {
      const values = new Float32Array(count * frames.length);
      frames.forEach((frame, i) =>
        values.set(drawNoise({ seed, role, step, frame }, count), i * count),
      );
      return runtime.upload(values, [frames.length, channels, height, width], 'f32');
    }
    const one = runtime.upload(
      drawNoise({ seed, role, step }, count),
      [1, channels, height, width],
      'f32',
    );
    try {
      return await runtime.repeat(one, frames.length);
    } finally {
      one.dispose();
    }
  }
}

function replaceSample(trajectory: Trajectory, sample: Tensor): void {
  trajectory.sample.dispose();
  trajectory.sample = sample;
}

async function combineTerms(
  runtime: TensorRuntime,
  terms: readonly Term[],
  known: Readonly<Partial<Record<Source, Tensor>>>,
): Promise<Tensor> {
  return await runtime.combine(
    terms.map(({ source, scale }) => ({
      tensor: must(known[source], `${source} of a step`),
      scale,
    })),
  );
}
