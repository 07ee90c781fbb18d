import { redoLabel, undoLabel, type History } from '../../project/history.ts';
import type { App } from '../app.ts';
import { nextStep, walkedTrail, type DraftTrail } from '../draft-trail.ts';

/** One step back, of the document or of the mask that is being drawn for the next edit: what was done last. */
export function undo(app: App): void {
  if (!walkDraft(app, 'undo')) {
    app.project.undo();
  }
}

export function redo(app: App): void {
  if (!walkDraft(app, 'redo')) {
    app.project.redo();
  }
}

function walkDraft(app: App, direction: 'undo' | 'redo'): boolean {
  const { draft, draftTrail } = app.session.getState();
  const isDragging = (app.project.store.getState().history?.mark ?? null) !== null;
  const step = isDragging ? null : nextStep(draftTrail, direction, app.project.current);
  if (step === null) {
    return false;
  }
  app.session.setState({
    draft: { ...draft, mask: step.mask },
    draftTrail: walkedTrail(draftTrail, direction, step, draft.mask),
    // It is the next edit's mask that changes: what is seen of it must not be another's.
    selectedEdit: null,
    trial: null,
  });
  return true;
}

/** The words for what undo and redo would do; null where there is nothing. */
export function historyLabels(
  history: History | null,
  isReadOnly: boolean,
  trail: DraftTrail,
): { readonly undo: string | null; readonly redo: string | null } {
  const document = history?.present ?? null;
  const known = isReadOnly ? null : history;
  return {
    undo: nextStep(trail, 'undo', document)?.label ?? (known === null ? null : undoLabel(known)),
    redo: nextStep(trail, 'redo', document)?.label ?? (known === null ? null : redoLabel(known)),
  };
}

/** The same for the app as it stands. */
export function stepsOf(app: App): ReturnType<typeof historyLabels> {
  const { history, isReadOnly } = app.project.store.getState();
  return historyLabels(history, isReadOnly, app.session.getState().draftTrail);
}
