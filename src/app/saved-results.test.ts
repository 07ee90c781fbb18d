import { describe, expect, it } from 'vitest';
import { addClip, addEdit, createProject, updateEdit } from '../project/commands.ts';
import type { Project } from '../project/document.ts';
import { exampleEdit } from '../project/testing/example-edit.ts';
import { editKey } from './edit-key.ts';
import { restoreResults, savedResults } from './saved-results.ts';
import { addJob, applyJobEvent, createJobs, picturesOf } from './state/jobs-store.ts';

const clip = { id: 'c', name: 'a.mp4', bytes: 1, fingerprint: 'ab'.repeat(32) };
const edit = exampleEdit({ id: 'e', clipId: 'c' });

function runOf(project: Project, recipe: string, frames: readonly number[]) {
  return { key: editKey(project, 'e'), recipe, base: 'base', frames };
}

describe('finished pictures', () => {
  it('are found again after a reload, those of the state before as well', async () => {
    const withClip = addClip(createProject('p', 'P'), { clip }).project;
    const first = addEdit(withClip, { edit }).project;
    const changed = updateEdit(first, { editId: 'e', change: { prompt: 'make it snow' } }).project;
    const runs = [runOf(first, 'r1', [3, 4, 5]), runOf(changed, 'r2', [3])];
    const jobs = createJobs();
    for (const { key, recipe, base, frames } of runs) {
      const job = { id: key, kind: 'edit', title: '', editId: 'e', key } as const;
      addJob(jobs, {
        ...job,
        state: 'running',
        progress: null,
        frames: 0,
        frameBytes: 0,
        error: null,
      });
      applyJobEvent(jobs, key, { kind: 'recipe', recipe, base, anchors: [3, 5] });
      applyJobEvent(jobs, key, { kind: 'frames', indices: frames });
    }
    const results = savedResults(jobs.getState(), changed);
    expect(results.map(({ recipe }) => recipe)).toEqual(['r2', 'r1']);
    const stored: Record<string, number[]> = { r1: [5, 3, 4], r2: [3, 9] };
    const restored = await restoreResults(results, (recipe) =>
      Promise.resolve(stored[recipe] ?? []),
    );
    const state = { jobs: [], ...restored };
    expect(picturesOf(state, changed, 'e')).toEqual({
      stale: false,
      pictures: {
        editId: 'e',
        recipe: 'r2',
        base: 'base',
        anchors: [3, 5],
        done: [
          [3, 4],
          [9, 10],
        ],
      },
    });
    expect(picturesOf(state, first, 'e')).toMatchObject({
      stale: false,
      pictures: { recipe: 'r1', done: [[3, 6]] },
    });
    expect(savedResults(state, withClip)).toEqual([]);
  });
});
