import { canonicalJson, sha256 } from '../base/hash.ts';
import type { Size } from '../base/units.ts';
import type { Manifest } from '../models/manifest.ts';
import type { Edit, EditSettings } from '../project/document.ts';
import type { FrameRange } from '../project/frames.ts';
import { nameOfMask, steeringMask } from '../project/mask-name.ts';
import type { RuntimeKind } from '../protocol/engine.ts';
import { ownGuidance } from './guidance-settings.ts';
import { chooseMerge } from './merge-settings.ts';
import { autoencoderHash, type ModelPackage } from './package.ts';

/** Changes when the same recipe would give another picture, so that old pictures are not taken for new ones. */
const RECIPE_FORMAT = 1;

/** Names under which the edit's pictures and the decoded source are stored. */
export type ResultNames = { readonly recipe: string; readonly base: string };

/** All that a picture of the edit depends on. */
type NamedEdit = {
  readonly edit: Edit;
  readonly package: Pick<ModelPackage, 'manifest' | 'hash'>;
  readonly range: FrameRange;
  readonly anchors: readonly number[];
  /** Most of them that one scene has. */
  readonly sceneAnchors: number;
  readonly cuts: readonly number[];
  readonly modelSize: Size;
  readonly batchSize: number;
  /** The edits that its source shows, lowest first. */
  readonly below: readonly (ResultNames & { readonly edit: Edit })[];
  /** The clip's. */
  readonly fingerprint: string;
  readonly runtime: RuntimeKind;
  /** Steps that are run. */
  readonly stepsRun: number;
};

/** SHA-256 over all that decides the pictures, and over what decides the decoded source; over nothing else. */
export async function nameResults(named: NamedEdit): Promise<ResultNames> {
  const { edit, range, anchors, cuts, modelSize } = named;
  const { hash, manifest } = named.package;
  const { settings } = edit;
  const shared = {
    format: RECIPE_FORMAT,
    clip: named.fingerprint,
    runtime: named.runtime,
    size: [modelSize.width, modelSize.height],
    batchSize: named.batchSize,
    below: named.below.map(({ recipe, base, edit: lower }) => ({
      recipe,
      base,
      ...visibleBlend(lower),
    })),
  };
  const base = canonicalJson({ ...shared, kind: 'base', vae: autoencoderHash(manifest) });
  const recipe = canonicalJson({
    ...shared,
    kind: 'edit',
    package: hash,
    range: [range.from, range.to],
    anchors,
    cuts: cuts.length > 0 ? cuts : undefined,
    gather: gathersInGroups(named) ? 'groups' : undefined,
    prompt: edit.prompt,
    negative: readsNegative(manifest) ? edit.negative : '',
    seed: settings.seed,
    steps: settings.steps,
    strength: settings.strength,
    mode: settings.mode,
    swapSteps: shortensSwap(settings, named.stepsRun) ? settings.swapSteps : undefined,
    guidance: ownGuidance(manifest, settings),
    mask: nameOfMask(steeringMask(edit.mask)),
    merge: edit.mask === null ? undefined : chooseMerge(manifest, settings),
  });
  return { recipe: await sha256(recipe), base: await sha256(base) };
}

/** What of a lower edit changes the picture above it without changing its own stored pictures. */
function visibleBlend(edit: Edit): object {
  return { span: edit.span, amount: edit.amount, mask: nameOfMask(edit.mask) };
}

function readsNegative(manifest: Manifest): boolean {
  return manifest.branches.some((branch) => branch.text === 'negative');
}

/** Whether some of the steps that are run read no anchors, in a mode that has them. */
function shortensSwap({ mode, swapSteps = Infinity }: EditSettings, stepsRun: number): boolean {
  return mode !== 'independent' && mode !== 'previous+first' && swapSteps < stepsRun;
}

/** Whether a run holds fewer frames than a gather has anchors, so that these go one group after the other. */
function gathersInGroups({ edit, sceneAnchors, batchSize }: NamedEdit): boolean {
  return edit.settings.mode === 'swap' && sceneAnchors > batchSize;
}
