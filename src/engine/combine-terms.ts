import { must } from '../base/assert.ts';
import type { Source, Term } from '../diffusion/schedulers/config.ts';
import type { Tensor, TensorRuntime } from './runtime/tensor-runtime.ts';

/** A step's weighted sum of what is known so far; the caller owns it. */
export async function combineTerms(
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
