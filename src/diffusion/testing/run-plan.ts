import type { Source, StepPlan, Term } from '../schedulers/config.ts';

/** One step in plain numbers, as the engine does it on tensors. Returns the next sample and this step's clean estimate. */
export function runStep(
  plan: StepPlan,
  inputs: {
    sample: readonly number[];
    output: readonly number[];
    noise?: readonly number[];
    lastX0?: readonly number[];
  },
): { next: number[]; x0: number[] } {
  const known: Partial<Record<Source, readonly number[]>> = { ...inputs };
  const mix = (terms: readonly Term[]) =>
    inputs.sample.map((_, i) =>
      terms.reduce((sum, term) => {
        const value = known[term.source]?.[i];
        if (value === undefined) {
          throw new Error(`the step reads ${term.source}, which it was not given`);
        }
        return sum + term.scale * value;
      }, 0),
    );
  const clip = plan.clip ?? Infinity;
  const x0 = mix(plan.x0).map((value) => Math.min(Math.max(value, -clip), clip));
  known.x0 = x0;
  return { next: mix(plan.next), x0 };
}
