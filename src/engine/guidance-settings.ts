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

/** The edit's scales where they change its pictures; undefined where the package's serve or nothing reads those that differ. */
export function ownGuidance(
  manifest: Manifest,
  settings: Pick<EditSettings, 'guidance'>,
): Guidance | undefined {
  const { branches, timeEmbedding } = manifest;
  const isGuided = branches.length > 1;
  const own = chooseGuidance(manifest, {});
  const chosen = chooseGuidance(manifest, settings);
  const read = {
    text: isGuided || timeEmbedding.condChannels !== undefined ? chosen.text : own.text,
    image: branches.length > 2 ? chosen.image : own.image,
    rescale: isGuided ? chosen.rescale : own.rescale,
  };
  const isOwn = read.text === own.text && read.image === own.image && read.rescale === own.rescale;
  return isOwn ? undefined : read;
}
