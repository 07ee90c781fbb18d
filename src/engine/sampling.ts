import { assert, must } from '../base/assert.ts';
import { DisposalScope, type Disposable } from '../base/disposal.ts';
import { guidanceCoefficients, rescaleFactor } from '../diffusion/guidance.ts';
import { drawNoise } from '../diffusion/noise.ts';
import { spaceRamp, timeRamp } from '../diffusion/boundary.ts';
import { growMask } from '../diffusion/query-mask.ts';
import type { Level, Sampler, Source, StepPlan } from '../diffusion/schedulers/config.ts';
import { combineTerms } from './combine-terms.ts';
import { assembleInput, conditionChannels, tensorsOf, type FrameLatents } from './conditioning.ts';
import { chooseGuidance, type Guidance } from './guidance-settings.ts';
import { invertSource } from './inversion.ts';
import { chooseMerge, type Merge } from './merge-settings.ts';
import type { DiffusionModel } from './model.ts';
import { planQueryMasks, type QueryMasks } from './query-masks.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';
import type { SelfAttention } from './unet.ts';

/** Frames on their way through the sampler, all at the same step. Owns its tensors. */
export type Trajectory = Disposable &
  FrameLatents & {
    /** Numbers within the clip: only the mode that draws noise per frame looks at them. */
    readonly frames: readonly number[];
    /** What the U-Net reads beside the sample, for all branches. */
    condition: Tensor | null;
    /** Where the edit may change the latents: the mask, with the ramp from its rim where that was asked for. */
    blend: Tensor | null;
    /** The source where the first step begins and where each step lands, inverted; null where it is noised instead. */
    inverted: readonly Tensor[] | null;
    /** Which queries are attended for; null = all. */
    queries: QueryMasks | null;
    sample: Tensor;
    lastX0: Tensor | null;
  };

export type SamplingOptions = {
  readonly runtime: TensorRuntime;
  readonly model: DiffusionModel;
  readonly sampler: Sampler;
  /** The package's own if absent. */
  readonly guidance?: Guidance;
  /** The defaults if absent. */
  readonly merge?: Merge;
  readonly seed: number;
  /** Where noise comes from; tests put in recorded draws. */
  readonly draw?: typeof drawNoise;
  /** Draw noise per frame instead of once for all. */
  readonly noisePerFrame: boolean;
  /**
   * Edits with a mask attend only for queries inside it and so many latent places around it; for all if absent. An
   * approximation: what is skipped is felt inside through convolutions and keys.
   */
  readonly queryHalo?: number;
  /** Start from noise alone, whatever the first level keeps of the source. */
  readonly startsFromNoise: boolean;
  readonly signal: AbortSignal;
};

/** One model, one sampler, one seed: starts trajectories and moves them on step by step. */
export class Sampling {
  readonly #options: SamplingOptions;
  readonly #guidance: Guidance;
  readonly #mergeBy: Merge;

  constructor(options: SamplingOptions) {
    assert(
      options.sampler.steps.every((step) => step.clip === null),
      'no step clamps the latents',
    );
    this.#options = options;
    this.#guidance = options.guidance ?? chooseGuidance(options.model.manifest, {});
    this.#mergeBy = options.merge ?? chooseMerge(options.model.manifest, {});
  }

  get steps(): number {
    return this.#options.sampler.steps.length;
  }

  /** Takes `latents` over. */
  async start(latents: FrameLatents, frames: readonly number[]): Promise<Trajectory> {
    const { runtime, model, queryHalo } = this.#options;
    const { source } = latents;
    const trajectory: Trajectory = {
      ...latents,
      frames,
      condition: null,
      blend: null,
      inverted: null,
      queries: null,
      sample: runtime.reshape(source, source.shape),
      lastX0: null,
      dispose: () => {
        tensorsOf(latents).forEach((tensor) => tensor.dispose());
        trajectory.condition?.dispose();
        trajectory.blend?.dispose();
        trajectory.inverted?.forEach((tensor) => tensor.dispose());
        trajectory.queries?.dispose();
        trajectory.sample.dispose();
        trajectory.lastX0?.dispose();
      },
    };
    try {
      trajectory.condition = await conditionChannels(runtime, model.manifest, latents);
      trajectory.blend = await this.#blend(latents);
      if (latents.mask !== null && queryHalo !== undefined) {
        trajectory.queries = await planQueryMasks(runtime, model.manifest, latents.mask, queryHalo);
      }
      if (latents.mask !== null && this.#mergeBy.source === 'invert') {
        trajectory.inverted = await invertSource(this.#options, latents);
      }
      replaceSample(trajectory, await this.#begin(trajectory));
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
      const merged = await this.#merge(trajectory, next, index);
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
    const guidance = this.#guidance;
    const { branches } = model.manifest;
    const scope = new DisposalScope();
    try {
      const { sample, condition } = trajectory;
      const noisy =
        plan.inputScale === 1
          ? sample
          : scope.own(await runtime.combine([{ tensor: sample, scale: plan.inputScale }]));
      const input = scope.own(await assembleInput(runtime, branches.length, noisy, condition));
      const { timestep } = plan;
      const queryMasks = trajectory.queries?.levels;
      const raw = scope.own(
        await model.predict({
          input,
          timestep,
          guidance: guidance.text,
          selfAttention,
          ...(queryMasks === undefined ? {} : { queryMasks }),
          signal,
        }),
      );
      if (branches.length === 1) {
        return scope.release(raw);
      }
      const frames = trajectory.frames.length;
      const parts: Tensor[] = [];
      for (const branch of branches.keys()) {
        const part = await runtime.slice(raw, 0, branch * frames, (branch + 1) * frames);
        parts.push(scope.own(part));
      }
      const scales = guidanceCoefficients(branches, guidance);
      const guided = await runtime.combine(
        parts.map((tensor, branch) => ({ tensor, scale: must(scales[branch], 'a scale') })),
      );
      const text = branches.findIndex((branch) => branch.text === 'prompt');
      return guidance.rescale === 0
        ? guided
        : await this.#rescaled(scope.own(guided), must(parts[text], 'the text branch'));
    } finally {
      scope.dispose();
    }
  }

  /** The guided prediction with each frame's deviation pulled towards that of the text branch. */
  async #rescaled(guided: Tensor, text: Tensor): Promise<Tensor> {
    const { runtime } = this.#options;
    const { rescale } = this.#guidance;
    const wanted = await runtime.moments(text);
    const scale = (await runtime.moments(guided)).map(({ std }, frame) =>
      rescaleFactor(must(wanted[frame], 'a frame').std, std, rescale),
    );
    return await runtime.combine([{ tensor: guided, scale }]);
  }

  /** What the first step reads. */
  async #begin(trajectory: Trajectory): Promise<Tensor> {
    const { runtime, sampler, startsFromNoise } = this.#options;
    if (startsFromNoise) {
      return await this.#noised(trajectory, { signal: 0, noise: sampler.pureNoise });
    }
    const inverted = trajectory.inverted?.[0];
    return inverted === undefined
      ? await this.#noised(trajectory, sampler.start)
      : runtime.reshape(inverted, inverted.shape);
  }

  async #blend({ mask }: FrameLatents): Promise<Tensor | null> {
    const { runtime } = this.#options;
    const { ramp, rampLength, rim } = this.#mergeBy;
    if (mask === null) {
      return null;
    }
    const space = ramp === 'space' ? rampLength : null;
    if (space === null && rim === 'soft') {
      return runtime.reshape(mask, mask.shape);
    }
    const [frames = 0, , height = 0, width = 0] = mask.shape;
    const area = height * width;
    const values = await runtime.download(mask);
    for (let at = 0; at < frames * area; at += area) {
      const soft = values.slice(at, at + area);
      const shares = rim === 'whole' ? growMask(soft, width, 0) : soft;
      values.set(space === null ? shares : spaceRamp(shares, width, space), at);
    }
    return runtime.upload(values, mask.shape, 'f32');
  }

  /**
   * VIA's local latent adaptation: outside the mask the source at the level that step `index` landed on stays; inside the
   * edit's share grows by the ramp.
   */
  async #merge(trajectory: Trajectory, edited: Tensor, index: number): Promise<Tensor | null> {
    const { runtime, sampler } = this.#options;
    const { ramp, rampLength } = this.#mergeBy;
    const { blend, inverted } = trajectory;
    if (blend === null) {
      return null;
    }
    const scope = new DisposalScope();
    try {
      const { landsOn } = must(sampler.steps[index], `step ${index}`);
      const kept = inverted?.[index + 1] ?? scope.own(await this.#noised(trajectory, landsOn));
      const share = ramp === 'time' ? timeRamp(index, this.steps, rampLength ?? this.steps) : 1;
      const mask =
        share === 1 ? blend : scope.own(await runtime.combine([{ tensor: blend, scale: share }]));
      return await runtime.mix(kept, edited, mask);
    } finally {
      scope.dispose();
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
    const { runtime, seed, model, noisePerFrame, draw = drawNoise } = this.#options;
    const [channels, height, width] = model.latentShape;
    const count = channels * height * width;
    const { frames } = trajectory;
    if (noisePerFrame) {
      const values = new Float32Array(count * frames.length);
      frames.forEach((frame, i) => values.set(draw({ seed, role, step, frame }, count), i * count));
      return runtime.upload(values, [frames.length, channels, height, width], 'f32');
    }
    const one = runtime.upload(
      draw({ seed, role, step }, count),
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
