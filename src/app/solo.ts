import type { Project } from '../project/document.ts';

/**
 * The document as it is looked at while one edit is solo: that edit, switched on, over the edits it builds on, within its
 * own span only. The same document where it is not among the edits (undo may have taken it away).
 */
export function soloProject(project: Project, editId: string | null): Project {
  const index = project.edits.findIndex(({ id }) => id === editId);
  const solo = project.edits[index];
  if (solo === undefined) {
    return project;
  }
  const below = project.edits.slice(0, index).flatMap((edit) => {
    const from = Math.max(edit.span.from, solo.span.from);
    const to = Math.min(edit.span.to, solo.span.to);
    const isUsed = edit.enabled && edit.clipId === solo.clipId && from < to;
    return isUsed ? [{ ...edit, span: { from, to } }] : [];
  });
  return { ...project, edits: [...below, { ...solo, enabled: true }] };
}
