import { describe, expect, it } from 'vitest';
import { createProject } from '../../project/commands.ts';
import { exampleEdit } from '../../project/testing/example-edit.ts';
import type { App } from '../app.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession } from '../state/session-store.ts';
import { selectNeighbour } from './stack-commands.ts';

describe('selecting edits by keys', () => {
  it('goes through them in the order in which they are applied, and stays at both ends', () => {
    const session = createSession();
    const project = createProjectStore();
    const edits = ['a', 'b', 'c'].map((id) => exampleEdit({ id }));
    project.open({ ...createProject('p', 'P'), edits });
    const app = { session, project } as unknown as App;
    const walk = (by: -1 | 1) => {
      selectNeighbour(app, by);
      return session.getState().selectedEdit;
    };
    expect([walk(1), walk(1), walk(1), walk(1)]).toEqual(['a', 'b', 'c', 'c']);
    session.setState({ selectedEdit: null });
    expect([walk(-1), walk(-1)]).toEqual(['c', 'b']);
  });
});
