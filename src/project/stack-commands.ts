import { assert, must } from '../base/assert.ts';
import type { Step } from './commands.ts';
import type { Project } from './document.ts';

/** Puts a copy of an edit right above it in the stack, with an id of its own. */
export function duplicateEdit(
  project: Project,
  args: { readonly editId: string; readonly id: string },
): Step {
  const index = placeOf(project, args.editId);
  assert(!project.edits.some(({ id }) => id === args.id), `edit ${args.id} is in the project`);
  const edit = must(project.edits[index], 'an edit');
  const edits = project.edits.toSpliced(index + 1, 0, { ...edit, id: args.id });
  return { project: { ...project, edits }, label: `Duplicate “${edit.prompt}”` };
}

/**
 * Moves an edit to a place in the stack, counted from the lowest; a place outside of the stack is its nearest end. What
 * lies above works on what lies below, so both ways are another picture.
 */
export function reorderEdit(
  project: Project,
  args: { readonly editId: string; readonly to: number },
): Step {
  const from = placeOf(project, args.editId);
  const edit = must(project.edits[from], 'an edit');
  const to = Math.max(0, Math.min(project.edits.length - 1, args.to));
  if (to === from) {
    return { project, label: 'Reorder edits' };
  }
  const edits = project.edits.toSpliced(from, 1).toSpliced(to, 0, edit);
  const label = `Apply “${edit.prompt}” ${to > from ? 'later' : 'earlier'}`;
  return { project: { ...project, edits }, label };
}

function placeOf(project: Project, editId: string): number {
  const index = project.edits.findIndex(({ id }) => id === editId);
  assert(index >= 0, `edit ${editId} is not in the project`);
  return index;
}
