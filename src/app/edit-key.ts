import { canonicalJson } from '../base/hash.ts';
import type { Edit, Project } from '../project/document.ts';
import { nameOfMask, steeringMask } from '../project/mask-name.ts';

/**
 * Names what an edit's pictures depend on, so that undoing a change finds the pictures made before it: what steers
 * the model (span, prompt, settings, mask) and everything below it in the stack. Amount and the mask's soft rim are
 * applied when shown, so an edit's own are left out; those below count. The engine's recipe hash is made of the same
 * parts (it leaves out a little more, so equal keys mean equal recipes).
 */
export function editKey(project: Project, editId: string): string {
  const index = project.edits.findIndex((edit) => edit.id === editId);
  const edit = project.edits[index];
  if (edit === undefined) {
    return '';
  }
  const below = project.edits
    .slice(0, index)
    .filter((other) => other.enabled && other.clipId === edit.clipId)
    .map((other) => [steering(other), other.amount, other.mask?.feather]);
  // Sorted: settings that were taken away and given back stand in another order.
  return canonicalJson([edit.clipId, steering(edit), below]);
}

function steering(edit: Edit): unknown {
  const { span, prompt, promptKind, negative, settings, mask } = edit;
  return [
    span.from,
    span.to,
    prompt,
    promptKind,
    negative,
    settings,
    nameOfMask(steeringMask(mask)),
  ];
}
