import { duplicateEdit as duplicateStep, reorderEdit } from '../../project/stack-commands.ts';
import type { App } from '../app.ts';
import { selectedEdit } from '../selectors.ts';
import { dispatch } from './edit-commands.ts';

/** A copy right above the edit, selected. It is not run: it may be changed or moved first. */
export function duplicateEdit(app: App, editId: string): void {
  const id = crypto.randomUUID();
  if (dispatch(app, (project) => duplicateStep(project, { editId, id }))) {
    app.session.setState({ selectedEdit: id });
  }
}

/** To a place in the stack, counted from the lowest. */
export function moveInStack(app: App, editId: string, to: number): void {
  dispatch(app, (project) => reorderEdit(project, { editId, to }));
}

/** One place earlier (-1) or later (1) in the order in which edits are applied. */
export function shiftInStack(app: App, editId: string, by: -1 | 1): void {
  const index = app.project.current?.edits.findIndex(({ id }) => id === editId) ?? -1;
  if (index >= 0) {
    moveInStack(app, editId, index + by);
  }
}

/** Selects the edit that is applied before (-1) or after (1) the selected one, from none the last or first. */
export function selectNeighbour(app: App, by: -1 | 1): void {
  const edits = app.project.current?.edits ?? [];
  const at = edits.findIndex(({ id }) => id === app.session.getState().selectedEdit);
  const next = at === -1 ? edits.at(by > 0 ? 0 : -1) : edits[at + by];
  if (next !== undefined) {
    app.session.setState({ selectedEdit: next.id });
  }
}

/**
 * Solo shows one edit on what it builds on, and nothing that lies above or elsewhere. It is a way of looking: not saved,
 * not exported, and a second time it is over.
 */
export function toggleSolo(app: App, editId: string): void {
  app.session.setState((state) => ({ soloEdit: state.soloEdit === editId ? null : editId }));
}

/** Runs something on the selected edit, if there is one. */
export function onSelected(run: (app: App, editId: string) => void): (app: App) => void {
  return (app) => {
    const edit = selectedEdit(app);
    if (edit !== null) {
      run(app, edit.id);
    }
  };
}
