import type { Manifest } from '../models/manifest.ts';
import type { EditSettings } from '../project/document.ts';

/** Scales of a run; a package of one branch is not guided, whatever they are. */
export type Guidance = {
  readonly text: number;
  /** Of models that read the source picture as a branch of its own; 1 elsewhere. */
  readonly image: number;
  /** Guidance rescale (Lin et al. 2023): 0 leaves the guided prediction as it is. */
  readonly rescale: number;
};

/** What the edit says, else what the package says. */
export function chooseGuidance(
  manifest: Manifest,
  { guidance }: Pick<EditSettings, 'guidance'>,
): Guidance {
  return {
    text: guidance?.text ?? manifest.guidance.text,
    image: guidance?.image ?? manifest.guidance.image ?? 1,
    rescale: guidance?.rescale ?? 0,
  };
}
