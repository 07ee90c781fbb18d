import type { MaskTrack, Project } from '../project/document.ts';

/** A change of the next edit's mask: how it was on the other side of the step, and the document it was made on. */
export type DraftStep = {
  readonly mask: MaskTrack | null;
  readonly label: string;
  readonly document: Project | null;
};

/**
 * Undo and redo of the next edit's mask, which is no part of the document yet. Its steps stand between those of the
 * document: one is next only where the document is the one it was made on.
 */
export type DraftTrail = {
  /** Oldest first. */
  readonly past: readonly DraftStep[];
  /** Next redo first. */
  readonly future: readonly DraftStep[];
};

export const NO_TRAIL: DraftTrail = { past: [], future: [] };

const MOST_STEPS = 200;

export function recordStep(trail: DraftTrail, step: DraftStep): DraftTrail {
  return { past: [...trail.past, step].slice(-MOST_STEPS), future: [] };
}

/** The step that undo would take back, or redo would do again; null where that is the document's turn. */
export function nextStep(
  trail: DraftTrail,
  direction: 'undo' | 'redo',
  document: Project | null,
): DraftStep | null {
  const step = direction === 'undo' ? trail.past.at(-1) : trail.future[0];
  return step?.document === document ? step : null;
}

/** The trail once `step` was taken back, or done again; `mask` is what was there until then. */
export function walkedTrail(
  { past, future }: DraftTrail,
  direction: 'undo' | 'redo',
  step: DraftStep,
  mask: MaskTrack | null,
): DraftTrail {
  const turned = { ...step, mask };
  return direction === 'undo'
    ? { past: past.slice(0, -1), future: [turned, ...future] }
    : { past: [...past, turned], future: future.slice(1) };
}
