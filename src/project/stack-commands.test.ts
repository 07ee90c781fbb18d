import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { must } from '../base/assert.ts';
import { arbitraryProject } from './testing/arbitraries.ts';
import { checkProject } from './schema.ts';
import { duplicateEdit, reorderEdit } from './stack-commands.ts';

const withEdits = arbitraryProject.filter(({ edits }) => edits.length > 0);
const ids = (project: { readonly edits: readonly { readonly id: string }[] }) =>
  project.edits.map(({ id }) => id);

describe('the stack of edits', () => {
  it('gets a copy right above the original', () => {
    fc.assert(
      fc.property(withEdits, fc.nat(3), (project, at) => {
        const index = at % project.edits.length;
        const editId = `edit-${index}`;
        const { project: after } = duplicateEdit(project, { editId, id: 'copy' });
        expect(ids(after)).toEqual(ids(project).toSpliced(index + 1, 0, 'copy'));
        expect({ ...after.edits[index + 1], id: editId }).toEqual(project.edits[index]);
        expect(checkProject(after)).toEqual(after);
      }),
      { numRuns: 20 },
    );
  });

  it('is reordered one edit at a time, and the same way back', () => {
    fc.assert(
      fc.property(withEdits, fc.nat(3), fc.integer({ min: -2, max: 6 }), (project, at, to) => {
        const index = at % project.edits.length;
        const editId = `edit-${index}`;
        const { project: after } = reorderEdit(project, { editId, to });
        const place = Math.max(0, Math.min(project.edits.length - 1, to));
        expect(ids(after).indexOf(editId)).toBe(place);
        expect(ids(after).toSorted()).toEqual(ids(project).toSorted());
        expect(reorderEdit(after, { editId, to: index }).project).toEqual(project);
      }),
      { numRuns: 20 },
    );
  });

  it('says which way, and leaves the document alone where nothing moves', () => {
    const several = arbitraryProject.filter(({ edits }) => edits.length > 1);
    const [project] = fc.sample(several, { numRuns: 1, seed: 5 });
    const move = (to: number) => reorderEdit(must(project, 'a sample'), { editId: 'edit-0', to });
    expect(move(1).label).toMatch(/^Apply “.*” later$/s);
    expect(move(-5).project).toBe(project);
  });
});
