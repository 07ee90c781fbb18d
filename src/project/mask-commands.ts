import { assert } from '../base/assert.ts';
import { updateEdit, type Step } from './commands.ts';
import type { Project } from './document.ts';
import { changeMask, labelOfMaskChange, type MaskChange } from './mask-changes.ts';

/** Changes the mask of an edit. Refuses what fits no layer of it, or no document, with `edit/bad-setting`. */
export function changeEditMask(
  project: Project,
  args: { readonly editId: string; readonly change: MaskChange },
): Step {
  const { editId, change } = args;
  const edit = project.edits.find(({ id }) => id === editId);
  assert(edit !== undefined, `edit ${editId} is not in the project`);
  const mask = changeMask(edit.mask, change);
  const step = updateEdit(project, { editId, change: { mask } });
  return { project: step.project, label: labelOfMaskChange(change) };
}
