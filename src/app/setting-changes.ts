import type { SettingsChange } from '../project/commands.ts';
import type { EditSettings, GuidanceSettings, MergeSettings } from '../project/document.ts';

/* Changes of settings that may be absent: what is the default is taken away, so that it stays the default. */

type Changed<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** The members that are left, in their order in the schema; undefined where none is. */
function merged<T extends object>(
  names: readonly (keyof T & string)[],
  before: T | undefined,
  change: Changed<T>,
): T | undefined {
  const all: Changed<T> = { ...before, ...change };
  const kept = names.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]);
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as T);
}

export function changeGuidance(
  { guidance }: EditSettings,
  change: Changed<GuidanceSettings>,
): SettingsChange {
  return { guidance: merged(['text', 'image', 'rescale'], guidance, change) };
}

/** Another kind of ramp has another unit, so its length goes back to the default. */
export function changeMerge(
  { merge }: EditSettings,
  change: Changed<MergeSettings>,
): SettingsChange {
  const unit = 'ramp' in change ? { rampLength: undefined } : {};
  return { merge: merged(['source', 'ramp', 'rampLength'], merge, { ...unit, ...change }) };
}

/** Another number spreads them evenly again. */
export function changeAnchors(anchors: number): SettingsChange {
  return { anchors, anchorTimes: undefined };
}

/** How many steps are run at this strength: with few steps there are few strengths. */
export function stepsRun({ steps, strength }: Pick<EditSettings, 'steps' | 'strength'>): number {
  return Math.max(1, Math.round(strength * steps));
}

/** Another number of steps, of which the same share is run. */
export function changeSteps(settings: EditSettings, steps: number): SettingsChange {
  const run = Math.max(1, Math.round(settings.strength * steps));
  return { steps, strength: run / steps };
}
