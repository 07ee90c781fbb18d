import { describe, expect, it } from 'vitest';
import { must } from '../../base/assert.ts';
import { createProject } from '../../project/commands.ts';
import { exampleEdit } from '../../project/testing/example-edit.ts';
import type { EditRequest } from '../../protocol/engine.ts';
import type { App } from '../app.ts';
import { createEngineState } from '../state/engine-store.ts';
import { createJobs } from '../state/jobs-store.ts';
import { createNotices } from '../state/notices-store.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession, type OpenClip } from '../state/session-store.ts';
import { COMMANDS } from './table/table.ts';

/** A page with one edit, a prompt that is half typed, and an engine that notes what it is asked for. */
function createPage() {
  const session = createSession();
  const project = createProjectStore();
  const asked: EditRequest[] = [];
  const engine = {
    edit: async (request: EditRequest) => {
      asked.push(request);
      return await new Promise(() => {});
    },
  };
  const times = Float64Array.from({ length: 10 }, (_, index) => index * 100_000);
  const clip = { id: 'clip', times, info: { duration: 1_000_000 } } as unknown as OpenClip;
  session.setState(({ draft }) => ({
    phase: { kind: 'editing' },
    clips: [clip],
    clip,
    draft: { ...draft, prompt: 'make it snow' },
  }));
  project.open({ ...createProject('p', 'P'), edits: [exampleEdit()] });
  const app = {
    session,
    project,
    engine,
    jobs: createJobs(),
    notices: createNotices(),
    engineState: createEngineState(),
    aborts: new Map(),
  } as unknown as App;
  return { app, session, asked };
}

describe('previewing a frame by its key', () => {
  const { run } = must(
    COMMANDS.find(({ id }) => id === 'preview'),
    'the command',
  );

  it('tries the edit that is selected, whatever is half typed', () => {
    const { app, session, asked } = createPage();
    session.setState({ selectedEdit: 'edit' });
    run(app);
    expect(asked).toMatchObject([{ editId: 'edit', onlyFrame: 0 }]);
    expect(session.getState().trial).toBeNull();
  });

  it('tries what is being typed where no edit is selected', () => {
    const { app, session, asked } = createPage();
    run(app);
    expect(asked).toHaveLength(1);
    expect(session.getState().trial?.prompt).toBe('make it snow');
  });
});
