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
  /**
   * What latent places on the mask's rim take of the edit: as much as of them lies inside (`soft`), or all (`whole`), for
   * packages that read the mask. They paint both sides of the rim there; mixed with the source once more, they lost half.
   */
  readonly rim: 'soft' | 'whole';
};

/** What the edit says, else what suits the package. */
export function chooseMerge(
  { conditioning }: Pick<Manifest, 'conditioning'>,
  { merge = {} }: Pick<EditSettings, 'merge'>,
): Merge {
  const { source = 'renoise', ramp = standardRamp(conditioning), rampLength } = merge;
  const rim = conditioning === 'edit' ? 'whole' : 'soft';
  switch (ramp) {
    case 'none':
      return { source, ramp, rampLength: null, rim };
    case 'space':
      return { source, ramp, rampLength: rampLength ?? SPACE_RAMP, rim };
    case 'time':
      return { source, ramp, rampLength: rampLength ?? null, rim };
  }
}
