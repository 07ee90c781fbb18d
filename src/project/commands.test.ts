import { describe, expect, it } from 'vitest';
import {
  addClip,
  addEdit,
  copyProject,
  createProject,
  moveEdit,
  removeEdit,
  renameProject,
  setEnabled,
  updateEdit,
} from './commands.ts';
import type { Project } from './document.ts';
import {
  applyStep,
  beginMark,
  cancelMark,
  commitMark,
  createHistory,
  redo,
  redoLabel,
  undo,
} from './history.ts';
import { exampleEdit } from './testing/example-edit.ts';
import { checkHistory, checkValidity } from './testing/laws.ts';

describe('a copy of a project', () => {
  it.each([
    ['Meadow', 'Meadow copy'],
    ['Meadow copy', 'Meadow copy 2'],
    ['Meadow copy 9', 'Meadow copy 10'],
    ['copy', 'copy copy'],
    ['x'.repeat(1_000), `${'x'.repeat(995)} copy`],
  ])('of %s is called %s', (name, expected) => {
    const copy = copyProject(createProject('a', name), 'b');
    expect([copy.id, copy.name]).toEqual(['b', expected]);
  });
});

describe('commands', () => {
  it('leave a valid document, whatever they are given', () => {
    checkValidity(300);
  });

  it('are taken back by undo and done again by redo, in any order, drags among them', () => {
    checkHistory(300);
  });
});

const edit = exampleEdit({ id: 'edit-0', clipId: 'clip-0' });

function withEdit(): Project {
  const clip = { id: 'clip-0', name: 'a.mp4', bytes: 1, fingerprint: 'ab'.repeat(32) };
  const { project } = addClip(createProject('p', 'Untitled'), { clip });
  return addEdit(project, { edit }).project;
}

describe('history', () => {
  it('makes one step of a drag', () => {
    const start = createHistory(withEdit());
    let history = beginMark(start, 'Move edit');
    for (const to of [2, 3, 4]) {
      const step = moveEdit(history.present, { editId: 'edit-0', span: { from: 1, to } });
      history = applyStep(history, step);
    }
    history = commitMark(history);
    expect(history.present.edits[0]?.span).toEqual({ from: 1, to: 4 });
    expect(history.past).toHaveLength(1);
    expect(undo(history).present).toBe(start.present);
    expect(redoLabel(undo(history))).toBe('Move edit');
  });

  it('keeps no step of a cancelled drag', () => {
    const start = createHistory(withEdit());
    const marked = beginMark(start, 'Move edit');
    const moved = applyStep(marked, removeEdit(marked.present, { editId: 'edit-0' }));
    expect(moved.present.edits).toEqual([]);
    expect(cancelMark(moved)).toEqual(start);
    expect(undo(moved)).toEqual(start);
  });

  it('forgets what could be redone once something else is done', () => {
    let history = createHistory(withEdit());
    history = applyStep(history, renameProject(history.present, { name: 'One' }));
    history = applyStep(undo(history), renameProject(withEdit(), { name: 'Two' }));
    expect(redo(history)).toBe(history);
    expect(history.present.name).toBe('Two');
  });

  it('keeps no step when nothing changed', () => {
    const start = createHistory(withEdit());
    const same = setEnabled(start.present, { editId: 'edit-0', enabled: true });
    expect(applyStep(start, same)).toBe(start);
    expect(commitMark(beginMark(start, 'Drag'))).toEqual(start);
  });
});

describe('refusals', () => {
  it('name the setting and its range', () => {
    const change = { settings: { anchors: 17 } };
    expect(() => updateEdit(withEdit(), { editId: 'edit-0', change })).toThrow(
      expect.objectContaining({
        code: 'edit/bad-setting',
        detail: expect.stringMatching(/^settings\.anchors: .*16.*17/) as string,
      }),
    );
  });

  it('call a span without length empty', () => {
    expect(() => moveEdit(withEdit(), { editId: 'edit-0', span: { from: 5, to: 5 } })).toThrow(
      expect.objectContaining({ code: 'edit/empty-span' }),
    );
  });
});
