import { describe, expect, it } from 'vitest';
import { createProject, renameProject } from '../../project/commands.ts';
import { createProjectStore } from './project-store.ts';

describe('a project that another tab writes', () => {
  it('takes a drag for what it is: nothing changes, and only its commands are refused', () => {
    const { begin, apply, commit, open, store } = createProjectStore();
    open(createProject('p', 'P'), true);
    const before = store.getState().history;
    begin('Change amount');
    const rename = () => {
      apply((project) => renameProject(project, { name: 'Q' }));
    };
    expect(rename).toThrow(expect.objectContaining({ code: 'store/locked' }));
    commit();
    expect(store.getState().history).toBe(before);
  });
});
