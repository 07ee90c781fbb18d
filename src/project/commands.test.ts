import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import {
  addClip,
  addEdit,
  createProject,
  moveEdit,
  removeEdit,
  renameProject,
  setEnabled,
  updateEdit,
  type EditChange,
  type Step,
} from './commands.ts';
import type { Edit, Project } from './document.ts';
import {
  applyStep,
  beginMark,
  cancelMark,
  commitMark,
  createHistory,
  redo,
  redoLabel,
  undo,
  undoLabel,
} from './history.ts';
import { checkProject } from './schema.ts';
import {
  arbitraryAmount,
  arbitraryClip,
  arbitraryEdit,
  arbitraryMask,
  arbitraryProject,
  arbitrarySettings,
  arbitrarySpan,
} from './testing/arbitraries.ts';

type Act = (project: Project) => Step;

/** Numbers as a careless caller may pass them. */
const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -1, 0));

const change: fc.Arbitrary<EditChange> = fc.oneof(
  fc.record({ prompt: fc.string() }),
  fc.record({ mask: fc.option(arbitraryMask) }),
  fc.record({ amount: arbitraryAmount }),
  fc.record({ settings: arbitrarySettings }),
  fc.record({ settings: fc.record({ steps: anyNumber, strength: anyNumber }) }),
  fc.record({ amount: fc.array(fc.record({ time: anyNumber, value: anyNumber })) }),
);

const span = fc.oneof(arbitrarySpan, fc.record({ from: anyNumber, to: anyNumber }));

/** A command with arguments that may or may not fit the document it meets. */
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.string().map<Act>((name) => (project) => renameProject(project, { name })),
  arbitraryClip('clip-9').map<Act>((clip) => (project) => addClip(project, { clip })),
  fc.tuple(arbitraryEdit('edit-9', ['clip-0', 'clip-2']), fc.integer({ min: -2, max: 9 })).map<Act>(
    ([edit, at]) =>
      (project) =>
        addEdit(project, { edit, at }),
  ),
  fc.tuple(fc.nat(3), change).map<Act>(([n, what]) => (project) => {
    return updateEdit(project, { editId: `edit-${n}`, change: what });
  }),
  fc.nat(3).map<Act>((n) => (project) => removeEdit(project, { editId: `edit-${n}` })),
  fc.tuple(fc.nat(3), span).map<Act>(([n, to]) => (project) => {
    return moveEdit(project, { editId: `edit-${n}`, span: to });
  }),
  fc.tuple(fc.nat(3), fc.boolean()).map<Act>(([n, enabled]) => (project) => {
    return setEnabled(project, { editId: `edit-${n}`, enabled });
  }),
);

/** The step, or null where the command refused with an error of ours. */
function attempt(doIt: Act, project: Project): Step | null {
  try {
    return doIt(project);
  } catch (error) {
    if (error instanceof AppError) {
      return null;
    }
    throw error;
  }
}

describe('commands', () => {
  it('leave a valid document, whatever they are given', () => {
    fc.assert(
      fc.property(arbitraryProject, fc.array(act, { maxLength: 12 }), (start, acts) => {
        let project = start;
        for (const doIt of acts) {
          const before = JSON.stringify(project);
          const step = attempt(doIt, project);
          expect(JSON.stringify(project)).toBe(before);
          project = step?.project ?? project;
          expect(checkProject(project)).toEqual(project);
        }
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it('are taken back by undo and done again by redo', () => {
    fc.assert(
      fc.property(arbitraryProject, fc.array(act, { maxLength: 12 }), (start, acts) => {
        let history = createHistory(start);
        const trail = [history.present];
        const labels: (string | null)[] = [null];
        for (const doIt of acts) {
          const step = attempt(doIt, history.present);
          if (step !== null && step.project !== history.present) {
            history = applyStep(history, step);
            trail.push(history.present);
            labels.push(step.label);
          }
        }
        const end = history;
        for (const [index, document] of trail.toReversed().entries()) {
          expect(history.present).toBe(document);
          expect(undoLabel(history)).toBe(labels.at(-1 - index));
          history = undo(history);
        }
        expect(history.present).toBe(start);
        for (const document of trail) {
          expect(history.present).toBe(document);
          history = redo(history);
        }
        expect(history).toEqual(end);
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});

const edit: Edit = {
  id: 'edit-0',
  clipId: 'clip-0',
  enabled: true,
  span: { from: 0, to: 1_000_000 },
  prompt: 'make it night',
  promptKind: 'delta',
  negative: '',
  settings: {
    model: 'starter',
    seed: 1,
    steps: 4,
    strength: 1,
    size: 256,
    anchors: 4,
    mode: 'swap',
  },
  amount: [{ time: 0, value: 1 }],
  mask: null,
};

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
