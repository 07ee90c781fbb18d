import fc from 'fast-check';
import { expect } from 'vitest';
import { AppError } from '../../base/error.ts';
import {
  addClip,
  addEdit,
  moveEdit,
  removeEdit,
  renameProject,
  setEnabled,
  updateEdit,
  type EditChange,
  type Step,
} from '../commands.ts';
import type { Project } from '../document.ts';
import {
  applyStep,
  beginMark,
  cancelMark,
  commitMark,
  createHistory,
  redo,
  undo,
  undoLabel,
  type History,
} from '../history.ts';
import {
  appendPiece,
  extractSpan,
  fitPieces,
  movePiece,
  removePieces,
  repeatPiece,
  splitPiece,
  trimPiece,
} from '../piece-commands.ts';
import { checkProject } from '../schema.ts';
import { duplicateEdit, reorderEdit } from '../stack-commands.ts';
import { parseProject, serialiseProject } from '../serialise.ts';
import {
  arbitraryAmount,
  arbitraryClip,
  arbitraryEdit,
  arbitraryPiece,
  arbitraryProject,
  arbitrarySettings,
  arbitrarySpan,
} from './arbitraries.ts';
import { changeEditMask } from '../mask-commands.ts';
import { arbitraryMask, arbitraryMaskChange } from './mask-arbitraries.ts';

/** The laws of the document, run by the tests some hundred times and by the long ones some thousand. */

type Act = (project: Project) => Step;

/** Numbers as a careless caller may pass them. */
const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -1, 0));

const change: fc.Arbitrary<EditChange> = fc.oneof(
  fc.record({ prompt: fc.string() }),
  fc.record({ negative: fc.string() }),
  fc.record({ promptKind: fc.constantFrom('delta' as const, 'caption' as const) }),
  fc.record({ mask: fc.option(arbitraryMask) }),
  fc.record({ amount: arbitraryAmount }),
  fc.record({ settings: arbitrarySettings }),
  fc.record({ settings: fc.record({ steps: anyNumber, strength: anyNumber }) }),
  fc.record({ amount: fc.array(fc.record({ time: anyNumber, value: anyNumber })) }),
);

const span = fc.oneof(arbitrarySpan, fc.record({ from: anyNumber, to: anyNumber }));

const pieceActs: readonly fc.Arbitrary<Act>[] = [
  fc.tuple(fc.nat(4), anyNumber, fc.uuid()).map<Act>(([n, at, newId]) => (project) => {
    return splitPiece(project, { pieceId: `piece-${n}`, at, newId });
  }),
  fc.tuple(fc.nat(4), span).map<Act>(([n, to]) => (project) => {
    return trimPiece(project, { pieceId: `piece-${n}`, span: to });
  }),
  fc.tuple(fc.nat(4), fc.integer({ min: -3, max: 9 })).map<Act>(([n, to]) => (project) => {
    return movePiece(project, { pieceId: `piece-${n}`, to });
  }),
  fc.tuple(fc.nat(4), fc.uuid()).map<Act>(([n, newId]) => (project) => {
    return repeatPiece(project, { pieceId: `piece-${n}`, newId });
  }),
  fc.uniqueArray(fc.nat(4), { minLength: 1 }).map<Act>((ns) => (project) => {
    return removePieces(project, { pieceIds: ns.map((n) => `piece-${n}`) });
  }),
  fc.tuple(fc.nat(2), arbitrarySpan, fc.uuid()).map<Act>(([n, gone, newId]) => (project) => {
    return extractSpan(project, { clipId: `clip-${n}`, span: gone, newId });
  }),
  arbitraryPiece('piece-9', ['clip-0', 'clip-2']).map<Act>((piece) => (project) => {
    return appendPiece(project, { piece });
  }),
  // Not a step of the person's, but it changes the document all the same.
  fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 40 })).map<Act>(([n, frames]) => (project) => {
    const times = Array.from({ length: frames }, (_, index) => index * 40_000);
    const fitted = { clipId: `clip-${n}`, times, duration: frames * 40_000 };
    return { project: fitPieces(project, fitted), label: 'Fit' };
  }),
];

const stackActs: readonly fc.Arbitrary<Act>[] = [
  fc.tuple(fc.nat(3), fc.uuid()).map<Act>(([n, id]) => (project) => {
    return duplicateEdit(project, { editId: `edit-${n}`, id });
  }),
  fc.tuple(fc.nat(3), fc.integer({ min: -3, max: 9 })).map<Act>(([n, to]) => (project) => {
    return reorderEdit(project, { editId: `edit-${n}`, to });
  }),
];

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
  ...pieceActs,
  ...stackActs,
  fc.tuple(fc.nat(3), arbitraryMaskChange).map<Act>(([n, what]) => (project) => {
    return changeEditMask(project, { editId: `edit-${n}`, change: what });
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

/** Any sequence of commands on any document leaves a valid one, which is read back as it was written. */
export function checkValidity(numRuns: number): void {
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
      expect(serialiseProject(parseProject(serialiseProject(project)))).toBe(
        serialiseProject(project),
      );
    }),
    { seed: 12, numRuns },
  );
}

type Move =
  | { readonly kind: 'do'; readonly act: Act }
  | { readonly kind: 'undo' | 'redo' | 'begin' | 'commit' | 'cancel' };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: act.map<Move>((one) => ({ kind: 'do', act: one })) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(
        'undo' as const,
        'redo' as const,
        'begin' as const,
        'commit' as const,
        'cancel' as const,
      )
      .map<Move>((kind) => ({ kind })),
  },
);

/** What a history should be, said plainly: all documents that can be gone to, where we are, and a drag's document. */
type Model = {
  readonly trail: readonly { readonly project: Project; readonly label: string | null }[];
  readonly at: number;
  /** While a drag is under way. */
  readonly drag: Project | null;
};

/** Undo after do is identity, redo after undo is, a drag is one step, and a cancelled one is none: in any order. */
export function checkHistory(numRuns: number): void {
  fc.assert(
    fc.property(arbitraryProject, fc.array(move, { maxLength: 30 }), (start, moves) => {
      let history = createHistory(start);
      let model: Model = { trail: [{ project: start, label: null }], at: 0, drag: null };
      for (const one of moves) {
        ({ history, model } = follow(history, model, one));
        const here = model.trail[model.at];
        expect(history.present).toBe(model.drag ?? here?.project);
        expect(undoLabel(history)).toBe(model.drag === null ? here?.label : 'Drag');
      }
      for (let steps = model.at + (model.drag === null ? 0 : 1); steps > 0; steps--) {
        history = undo(history);
      }
      expect(history.present).toBe(start);
      for (const { project } of model.trail.slice(1)) {
        history = redo(history);
        expect(history.present).toBe(project);
      }
      expect(redo(history)).toBe(history);
    }),
    { seed: 12, numRuns },
  );
}

function follow(history: History, model: Model, one: Move): { history: History; model: Model } {
  const { at, drag } = model;
  switch (one.kind) {
    case 'do': {
      const step = attempt(one.act, history.present);
      if (step === null) {
        return { history, model };
      }
      const after = drag === null ? add(model, step.project, step.label) : dragTo(model, step);
      return { history: applyStep(history, step), model: after };
    }
    case 'undo':
      return {
        history: undo(history),
        model: drag === null ? { ...model, at: Math.max(0, at - 1) } : { ...model, drag: null },
      };
    case 'redo':
      return {
        history: redo(history),
        model: drag === null ? { ...model, at: Math.min(model.trail.length - 1, at + 1) } : model,
      };
    case 'begin':
      return drag === null
        ? { history: beginMark(history, 'Drag'), model: dragTo(model, history.present) }
        : { history, model };
    case 'commit':
      return drag === null
        ? { history, model }
        : { history: commitMark(history), model: add({ ...model, drag: null }, drag, 'Drag') };
    case 'cancel':
      return drag === null
        ? { history, model }
        : { history: cancelMark(history), model: { ...model, drag: null } };
  }
}

function add(model: Model, project: Project, label: string): Model {
  if (project === model.trail[model.at]?.project) {
    return model;
  }
  const trail = [...model.trail.slice(0, model.at + 1), { project, label }];
  return { ...model, trail, at: trail.length - 1 };
}

function dragTo(model: Model, to: Step | Project): Model {
  return { ...model, drag: 'project' in to ? to.project : to };
}
