import { must } from '../base/assert.ts';
import { DisposalScope } from '../base/disposal.ts';
import type { Sampler, StepPlan } from '../diffusion/schedulers/config.ts';
import { planInversion } from '../diffusion/inversion.ts';
import { combineTerms } from './combine-terms.ts';
import { assembleInput, conditionChannels, type FrameLatents } from './conditioning.ts';
import type { DiffusionModel } from './model.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

export type InversionOptions = {
  readonly runtime: TensorRuntime;
  readonly model: DiffusionModel;
  readonly sampler: Sampler;
  readonly signal: AbortSignal;
};

/** The guidance branch that inversion runs alone: no text, but the source picture where the model reads one. */
const NULL_TEXT = { text: 'empty', image: true } as const;

/**
 * The source's latents at every level, by DDIM inversion with the empty prompt; each frame attends to itself. Entry 0
 * stands where the sampler's first step begins, entry i where step i - 1 has landed; the last is the source. The caller owns
 * all of them.
 */
export async function invertSource(
  options: InversionOptions,
  latents: FrameLatents,
): Promise<Tensor[]> {
  const { runtime, model, sampler } = options;
  const { source } = latents;
  const made: Tensor[] = [runtime.reshape(source, source.shape)];
  const manifest = { ...model.manifest, branches: [NULL_TEXT] };
  let condition: Tensor | null = null;
  try {
    condition = await conditionChannels(runtime, manifest, latents);
    for (const plan of planInversion(sampler, manifest.prediction)) {
      made.unshift(await step(options, must(made[0], 'a level'), condition, plan));
    }
    return made;
  } catch (error) {
    made.forEach((tensor) => tensor.dispose());
    throw error;
  } finally {
    condition?.dispose();
  }
}

async function step(
  { runtime, model, signal }: InversionOptions,
  sample: Tensor,
  condition: Tensor | null,
  plan: StepPlan,
): Promise<Tensor> {
  const scope = new DisposalScope();
  try {
    const noisy = scope.own(await runtime.combine([{ tensor: sample, scale: plan.inputScale }]));
    const input = scope.own(await assembleInput(runtime, 1, noisy, condition));
    const context = await model.emptyContext();
    const { timestep } = plan;
    const selfAttention = (_: unknown, own: { readonly k: Tensor; readonly v: Tensor }) => [own];
    const output = scope.own(
      await model.predict({ input, timestep, guidance: 1, context, selfAttention, signal }),
    );
    const known = { sample, output };
    const x0 = scope.own(await combineTerms(runtime, plan.x0, known));
    return await combineTerms(runtime, plan.next, { ...known, x0 });
  } finally {
    scope.dispose();
  }
}
