import type { Manifest } from '../models/manifest.ts';
import type { EditSettings, MergeSettings } from '../project/document.ts';
import { standardRamp } from '../protocol/model-reads.ts';

/** Latent pixels that the ramp from the mask's rim inwards takes. */
const SPACE_RAMP = 4;

/** How a masked edit keeps to its source; `rampLength` null stands for all steps that are run. */
export type Merge = {
  readonly source: NonNullable<MergeSettings['source']>;
  readonly ramp: NonNullable<MergeSettings['ramp']>;
  readonly rampLength: number | null;
};

/** What the edit says, else what suits the package. */
export function chooseMerge(
  { conditioning }: Pick<Manifest, 'conditioning'>,
  { merge = {} }: Pick<EditSettings, 'merge'>,
): Merge {
  const { source = 'renoise', ramp = standardRamp(conditioning), rampLength } = merge;
  switch (ramp) {
    case 'none':
      return { source, ramp, rampLength: null };
    case 'space':
      return { source, ramp, rampLength: rampLength ?? SPACE_RAMP };
    case 'time':
      return { source, ramp, rampLength: rampLength ?? null };
  }
}
