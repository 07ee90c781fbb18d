import type { App } from '../../app.ts';
import { PROMPT_ID } from '../../element-ids.ts';
import { selectedEdit } from '../../selectors.ts';
import { deletePiece } from '../cut-commands.ts';
import { previewEdit, previewFrame, removeEdit, runDraft } from '../edit-commands.ts';
import { redo, stepsOf, undo } from '../history-commands.ts';
import { cancelNewest, runEdit } from '../job-commands.ts';
import { deleteOfMask, deselectMask, hasMaskSelection } from '../mask-commands.ts';
import { markSpan, setDraftSpan } from '../transport-commands.ts';
import { command, isEditing, type Command } from './command.ts';

export const EDIT_COMMANDS: readonly Command[] = [
  command('prompt', 'Edit', 'Go to the prompt', ['/', 'E'], focusPrompt),
  command('run', 'Edit', 'Run the edit', ['Enter'], runWhatIsThere),
  command('preview', 'Edit', 'Preview this frame only', ['Shift+Enter'], previewWhatIsThere),
  command('in', 'Edit', 'Span begins here', ['I'], (app) => {
    markSpan(app, 'in');
  }),
  command('out', 'Edit', 'Span ends here', ['O'], (app) => {
    markSpan(app, 'out');
  }),
  command(
    'whole-clip',
    'Edit',
    'The next edit is of the whole clip',
    [],
    (app) => {
      setDraftSpan(app, null);
    },
    (app) => isEditing(app) && app.session.getState().draft.span !== null,
  ),
  command(
    'delete',
    'Edit',
    'Delete what is selected',
    ['Delete', 'Backspace'],
    deleteSelected,
    (app) =>
      isEditing(app) &&
      (selectedEdit(app) !== null ||
        app.session.getState().selectedPiece !== null ||
        hasMaskSelection(app)),
  ),
  command(
    'undo',
    'Edit',
    'Undo',
    ['Ctrl+Z'],
    undo,
    (app) => isEditing(app) && stepsOf(app).undo !== null,
  ),
  command(
    'redo',
    'Edit',
    'Redo',
    ['Ctrl+Shift+Z', 'Ctrl+Y'],
    redo,
    (app) => isEditing(app) && stepsOf(app).redo !== null,
  ),
  command('cancel', 'Edit', 'Cancel what is under way, then deselect', ['Escape'], escape),
];

function focusPrompt(app: App): void {
  app.session.setState({ selectedEdit: null, selectedPiece: null });
  document.getElementById(PROMPT_ID)?.focus();
}

function runWhatIsThere(app: App): void {
  const edit = selectedEdit(app);
  if (edit !== null) {
    void runEdit(app, edit.id);
  } else if (app.session.getState().draft.prompt.trim() !== '') {
    runDraft(app);
  }
}

/** As with running: what is selected, else what is being typed. */
function previewWhatIsThere(app: App): void {
  const edit = selectedEdit(app);
  void (edit === null ? previewFrame(app) : previewEdit(app, edit.id));
}

function deleteSelected(app: App): void {
  if (deleteOfMask(app)) {
    return;
  }
  const edit = selectedEdit(app);
  if (edit !== null) {
    removeEdit(app, edit.id);
  } else {
    deletePiece(app);
  }
}

function escape(app: App): void {
  const { maskTool, trial } = app.session.getState();
  if (maskTool !== null) {
    app.session.setState({ maskTool: null });
  } else if (!cancelNewest(app) && !deselectMask(app)) {
    app.session.setState(
      trial === null ? { selectedEdit: null, selectedPiece: null } : { trial: null },
    );
  }
}
