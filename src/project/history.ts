import { assert, must } from '../base/assert.ts';
import type { Step } from './commands.ts';
import type { Project } from './document.ts';

/** Steps kept for undo. Documents share structure, so a step costs little more than what it changed. */
const MAX_STEPS = 1_000;

/** Where a document has been: immutable, so a store can hold and compare it by reference. */
export type History = {
  readonly present: Project;
  /** Oldest first; each is a document and the step that led away from it. */
  readonly past: readonly HistoryEntry[];
  /** Next redo first; each is a document and the step that led to it. */
  readonly future: readonly HistoryEntry[];
  /** The document when `beginMark` was called, while a drag is under way. */
  readonly mark: HistoryEntry | null;
};

export type HistoryEntry = { readonly project: Project; readonly label: string };

export function createHistory(project: Project): History {
  return { present: project, past: [], future: [], mark: null };
}

/** Does a step. Inside a mark it only moves the present; the whole mark becomes one step when committed. */
export function applyStep(history: History, step: Step): History {
  if (step.project === history.present) {
    return history;
  }
  if (history.mark !== null) {
    return { ...history, present: step.project };
  }
  return push(history, history.present, step);
}

/** Starts a group of steps that undo as one, such as a drag. */
export function beginMark(history: History, label: string): History {
  assert(history.mark === null, 'a mark is open already');
  return { ...history, mark: { project: history.present, label } };
}

export function commitMark(history: History): History {
  const { mark, present } = history;
  assert(mark !== null, 'no mark is open');
  const closed = { ...history, present: mark.project, mark: null };
  return applyStep(closed, { project: present, label: mark.label });
}

/** Puts back the document as it was when the mark was begun. */
export function cancelMark(history: History): History {
  const { mark } = history;
  assert(mark !== null, 'no mark is open');
  return { ...history, present: mark.project, mark: null };
}

/** One step back; an open mark is cancelled instead. The same history if there is nothing to undo. */
export function undo(history: History): History {
  if (history.mark !== null) {
    return cancelMark(history);
  }
  const last = history.past.at(-1);
  if (last === undefined) {
    return history;
  }
  return {
    present: last.project,
    past: history.past.slice(0, -1),
    future: [{ project: history.present, label: last.label }, ...history.future],
    mark: null,
  };
}

/** One step forward again; nothing while a mark is open. */
export function redo(history: History): History {
  const [next, ...rest] = history.future;
  if (next === undefined || history.mark !== null) {
    return history;
  }
  return {
    present: next.project,
    past: [...history.past, { project: history.present, label: next.label }],
    future: rest,
    mark: null,
  };
}

/** All documents that undo and redo lead to, oldest first: the step that led to each (null: it was opened), and which is shown. */
export type Trail = { readonly labels: readonly (string | null)[]; readonly at: number };

export function trailOf({ past, future }: History): Trail {
  return {
    labels: [null, ...past, ...future].map((entry) => entry?.label ?? null),
    at: past.length,
  };
}

/** Undoes or redoes as many steps as lead to a place of the trail; an open mark is cancelled first. */
export function goTo(history: History, place: number): History {
  const settled = history.mark === null ? history : cancelMark(history);
  const { past, future, present } = settled;
  assert(place >= 0 && place <= past.length + future.length, `place ${place} of the history`);
  if (place === past.length) {
    return settled;
  }
  const { labels } = trailOf(settled);
  const projects = [...past, { project: present }, ...future].map(({ project }) => project);
  const entry = (project: number, label: number): HistoryEntry => ({
    project: must(projects[project], 'a document'),
    label: must(labels[label] ?? undefined, 'a label'),
  });
  const after = projects.length - place - 1;
  return {
    present: must(projects[place], 'a document'),
    past: Array.from({ length: place }, (_, i) => entry(i, i + 1)),
    future: Array.from({ length: after }, (_, i) => entry(place + 1 + i, place + 1 + i)),
    mark: null,
  };
}

/** The words for what undo would take back, or null. */
export function undoLabel(history: History): string | null {
  return history.mark?.label ?? history.past.at(-1)?.label ?? null;
}

export function redoLabel(history: History): string | null {
  return history.mark === null ? (history.future[0]?.label ?? null) : null;
}

function push(history: History, before: Project, step: Step): History {
  return {
    present: step.project,
    past: [...history.past, { project: before, label: step.label }].slice(-MAX_STEPS),
    future: [],
    mark: null,
  };
}
