import { describe, expect, it } from 'vitest';
import { addClip, addEdit, createProject, updateEdit } from '../../project/commands.ts';
import type { App } from '../app.ts';
import { addJob, applyJobEvent, createJobs, updateJob } from '../state/jobs-store.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession, emptyDraft, type OpenClip } from '../state/session-store.ts';
import { editKey } from '../edit-key.ts';
import { draftEdit } from './edit-commands.ts';
import { unfinishedEdits } from './export-commands.ts';

/** A clip of three frames with one edit, of which some frames are made. */
function createPage(frames: readonly number[]) {
  const session = createSession();
  const project = createProjectStore();
  const jobs = createJobs();
  const times = Float64Array.from([0, 100, 200]);
  const clip = { id: 'c', times, info: { duration: 300 } } as unknown as OpenClip;
  session.setState({ clips: [clip], clip });
  const edit = draftEdit({ ...emptyDraft(), prompt: 'make it night' }, clip, 'e');
  const facts = { id: 'c', name: 'a.mp4', bytes: 1, fingerprint: 'f'.repeat(64) };
  const start = addClip(createProject('p', 'a'), { clip: facts }).project;
  const document = addEdit(start, { edit }).project;
  project.open(document);
  const fresh = {
    state: 'waiting',
    progress: null,
    frames: 0,
    frameBytes: 0,
    error: null,
  } as const;
  const key = editKey(document, 'e');
  addJob(jobs, { id: 'j', kind: 'edit', title: '', editId: 'e', key, ...fresh });
  applyJobEvent(jobs, 'j', { kind: 'recipe', recipe: 'r', base: 'b', anchors: [] });
  applyJobEvent(jobs, 'j', { kind: 'frames', indices: frames });
  updateJob(jobs, 'j', { state: 'done' });
  return { session, project, jobs } as unknown as App;
}

describe('unfinishedEdits', () => {
  it('says nothing of a finished edit', () => {
    expect(unfinishedEdits(createPage([0, 1, 2]))).toEqual([]);
  });

  it('counts what is there of an unfinished one', () => {
    expect(unfinishedEdits(createPage([0, 1]))).toMatchObject([{ done: 2, of: 3, stale: false }]);
  });

  it('names an edit that was changed since it was run', () => {
    const app = createPage([0, 1, 2]);
    const change = { prompt: 'make it snow' };
    app.project.apply((project) => updateEdit(project, { editId: 'e', change }));
    expect(unfinishedEdits(app)).toMatchObject([{ done: 3, of: 3, stale: true }]);
  });
});
