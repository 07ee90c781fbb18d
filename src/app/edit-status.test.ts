import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { addClip, addEdit, createProject, updateEdit } from '../project/commands.ts';
import type { Edit, Project } from '../project/document.ts';
import { exampleEdit } from '../project/testing/example-edit.ts';
import { editKey } from './edit-key.ts';
import { editStatus } from './edit-status.ts';
import { exampleMask } from '../project/testing/example-mask.ts';
import {
  addJob,
  applyJobEvent,
  createJobs,
  resultsOf,
  shownPictures,
  updateJob,
  type Jobs,
} from './state/jobs-store.ts';

const TIMES = [0, 100, 200, 300];

function edit(id: string, prompt: string): Edit {
  const [span, amount] = [{ from: 100, to: 400 }, [{ time: 100, value: 1 }]];
  return exampleEdit({ id, prompt, span, amount });
}

function project(...edits: Edit[]): Project {
  const clip = { id: 'clip', name: 'a.mp4', bytes: 1, fingerprint: 'f'.repeat(64) };
  const start = addClip(createProject('p', 'a'), { clip }).project;
  return edits.reduce((before, one) => addEdit(before, { edit: one }).project, start);
}

function runJob(
  jobs: Jobs,
  document: Project,
  editId: string,
  frames: number[],
  recipe: string,
): void {
  const key = editKey(document, editId);
  addJob(jobs, {
    id: recipe,
    kind: 'edit',
    title: '',
    editId,
    key,
    state: 'waiting',
    progress: null,
    frames: 0,
    frameBytes: 0,
    error: null,
  });
  applyJobEvent(jobs, recipe, { kind: 'recipe', recipe, base: 'base', anchors: [1, 3] });
  applyJobEvent(jobs, recipe, { kind: 'frames', indices: frames });
}

const only = (document: Project): Edit => document.edits[0]!;

describe('editStatus', () => {
  it('counts finished frames of the span and names the next one', () => {
    const jobs = createJobs();
    const document = project(edit('e', 'make it night'));
    runJob(jobs, document, 'e', [1], 'r1');
    const status = editStatus(jobs.getState(), document, only(document), TIMES);
    expect(status).toMatchObject({
      kind: 'running',
      frames: 3,
      done: 1,
      nextFrame: 2,
      anchors: [1, 3],
    });
    updateJob(jobs, 'r1', { state: 'cancelled' });
    expect(editStatus(jobs.getState(), document, only(document), TIMES).kind).toBe('partial');
  });

  it('is paused with the frames it made, old pictures apart', () => {
    const jobs = createJobs();
    const before = project(edit('e', 'make it night'));
    runJob(jobs, before, 'e', [1, 2, 3], 'r1');
    updateJob(jobs, 'r1', { state: 'done' });
    const after = updateEdit(before, { editId: 'e', change: { prompt: 'make it snow' } }).project;
    runJob(jobs, after, 'e', [2], 'r2');
    updateJob(jobs, 'r2', { state: 'paused' });
    expect(editStatus(jobs.getState(), after, only(after), TIMES)).toMatchObject({
      kind: 'paused',
      done: 1,
      nextFrame: 1,
    });
    // The viewer keeps the old ones where there are no new ones.
    expect(shownPictures(jobs.getState(), after).map(({ recipe }) => recipe)).toEqual(['r2', 'r1']);
  });

  it('is complete when every frame is there, failed when the job failed', () => {
    const jobs = createJobs();
    const document = project(edit('e', 'make it night'));
    runJob(jobs, document, 'e', [1, 2, 3], 'r1');
    updateJob(jobs, 'r1', { state: 'done' });
    expect(editStatus(jobs.getState(), document, only(document), TIMES).kind).toBe('complete');
    updateJob(jobs, 'r1', { state: 'failed', error: new AppError('gpu/device-lost') });
    expect(editStatus(jobs.getState(), document, only(document), TIMES).kind).toBe('failed');
  });

  it('shows the old result after a change, and finds it again after undo', () => {
    const jobs = createJobs();
    const before = project(edit('e', 'make it night'));
    runJob(jobs, before, 'e', [1, 2, 3], 'r1');
    updateJob(jobs, 'r1', { state: 'done' });
    const after = updateEdit(before, { editId: 'e', change: { prompt: 'make it snow' } }).project;
    expect(editStatus(jobs.getState(), after, only(after), TIMES).kind).toBe('old');
    expect(resultsOf(jobs.getState(), after)).toEqual([
      { editId: 'e', recipe: 'r1', base: 'base', anchors: [1, 3] },
    ]);
    runJob(jobs, after, 'e', [1], 'r2');
    expect(resultsOf(jobs.getState(), after)[0]?.recipe).toBe('r2');
    expect(editStatus(jobs.getState(), before, only(before), TIMES).kind).toBe('complete');
    expect(resultsOf(jobs.getState(), before)[0]?.recipe).toBe('r1');
  });

  it('shows the old pictures where a changed edit that runs again has none yet', () => {
    const jobs = createJobs();
    const before = project(edit('e', 'make it night'));
    runJob(jobs, before, 'e', [1, 2, 3], 'r1');
    updateJob(jobs, 'r1', { state: 'done' });
    const after = updateEdit(before, { editId: 'e', change: { prompt: 'make it snow' } }).project;
    const recipes = () => shownPictures(jobs.getState(), after).map((shown) => shown.recipe);
    runJob(jobs, after, 'e', [], 'r2');
    expect(editStatus(jobs.getState(), after, only(after), TIMES)).toMatchObject({ done: 0 });
    expect(recipes()).toEqual(['r1']);
    applyJobEvent(jobs, 'r2', { kind: 'frames', indices: [1] });
    expect(editStatus(jobs.getState(), after, only(after), TIMES)).toMatchObject({ done: 1 });
    expect(recipes()).toEqual(['r2', 'r1']);
    applyJobEvent(jobs, 'r2', { kind: 'frames', indices: [2, 3] });
    updateJob(jobs, 'r2', { state: 'done' });
    expect(recipes()).toEqual(['r2']);
    // An export never mixes two results of one edit.
    expect(resultsOf(jobs.getState(), after).map((result) => result.recipe)).toEqual(['r2']);
  });

  it('keeps its result when only the soft rim of its mask changes', () => {
    const jobs = createJobs();
    const mask = exampleMask();
    const before = project({ ...edit('e', 'make it night'), mask });
    runJob(jobs, before, 'e', [1, 2, 3], 'r1');
    updateJob(jobs, 'r1', { state: 'done' });
    const status = (change: { feather?: number; invert?: boolean }) => {
      const after = updateEdit(before, {
        editId: 'e',
        change: { mask: { ...mask, ...change } },
      }).project;
      return editStatus(jobs.getState(), after, only(after), TIMES).kind;
    };
    expect(status({ feather: 0.4 })).toBe('complete');
    expect(status({ invert: true })).toBe('old');
  });

  it('keeps its result when only the amount changes', () => {
    const jobs = createJobs();
    const before = project(edit('e', 'make it night'));
    runJob(jobs, before, 'e', [1, 2, 3], 'r1');
    updateJob(jobs, 'r1', { state: 'done' });
    const amount = [{ time: 100, value: 0.5 }];
    const after = updateEdit(before, { editId: 'e', change: { amount } }).project;
    expect(editStatus(jobs.getState(), after, only(after), TIMES).kind).toBe('complete');
  });

  it('is the same in every part while only the job of another edit goes on', () => {
    const jobs = createJobs();
    const two = project(edit('low', 'make it night'), edit('high', 'make it snow'));
    const high = two.edits[1]!;
    const before = editStatus(jobs.getState(), two, high, TIMES);
    runJob(jobs, two, 'low', [1, 2], 'r1');
    const after = editStatus(jobs.getState(), two, high, TIMES);
    expect(Object.values(after)).toHaveLength(7);
    for (const [part, value] of Object.entries(after)) {
      expect(value).toBe(before[part as keyof typeof before]);
    }
  });

  it('is out of date when an edit below it changes', () => {
    const jobs = createJobs();
    const before = project(edit('low', 'make it night'), edit('high', 'make it snow'));
    runJob(jobs, before, 'high', [1, 2, 3], 'r1');
    updateJob(jobs, 'r1', { state: 'done' });
    const change = { settings: { seed: 2 } };
    const after = updateEdit(before, { editId: 'low', change }).project;
    expect(editStatus(jobs.getState(), after, after.edits[1]!, TIMES).kind).toBe('old');
    expect(editStatus(jobs.getState(), before, before.edits[1]!, TIMES).kind).toBe('complete');
  });
});
