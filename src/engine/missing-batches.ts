import { AppError } from '../base/error.ts';
import type { Batch } from '../diffusion/chunks.ts';
import type { EditPlan } from './edit-plan.ts';

/**
 * The batches that must run for the frames that are not `stored` (numbers within the clip); for a preview those for one
 * frame alone. `edit/bad-setting` where that one is outside the edit.
 */
export function missingBatches(
  { edit, range, scenes }: Pick<EditPlan, 'edit' | 'range' | 'scenes'>,
  stored: ReadonlySet<number>,
  onlyFrame?: number,
): readonly Batch[] {
  if (onlyFrame !== undefined && !(onlyFrame >= range.from && onlyFrame < range.to)) {
    throw new AppError(
      'edit/bad-setting',
      `Frame ${onlyFrame} is outside the edit, which has the frames ${range.from} to ${range.to - 1}.`,
    );
  }
  const isMissing = ({ frames, real }: Batch) =>
    frames
      .slice(0, real)
      .map((frame) => range.from + frame)
      .some((frame) => !stored.has(frame) && (onlyFrame === undefined || frame === onlyFrame));
  // In a chain every frame needs the ones of its scene before it.
  return scenes.flatMap(({ batches }) =>
    edit.settings.mode === 'previous+first'
      ? batches.slice(0, batches.findLastIndex(isMissing) + 1)
      : batches.filter(isMissing),
  );
}
