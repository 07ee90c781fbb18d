import type { App } from '../app.ts';
import { selectedEdit } from '../selectors.ts';
import {
  cancelNewest,
  previewFrame,
  removeEdit,
  runDraft,
  runEdit,
  startMask,
} from './edit-commands.ts';
import {
  markSpan,
  seekFrame,
  setZoom,
  shuttle,
  step,
  toggleMuted,
  togglePlay,
} from './transport-commands.ts';

/** An action with its keys. Every binding listed works: the sheet shows this table and nothing else. */
export type Binding = {
  readonly id: string;
  readonly group: 'Play' | 'Edit' | 'Timeline' | 'Page';
  readonly label: string;
  /** Combinations such as `Ctrl+Shift+Z`; Ctrl also means the Command key. The first is shown in tooltips. */
  readonly keys: readonly string[];
  run(app: App): void;
};

export const BINDINGS: readonly Binding[] = [
  bind('play', 'Play', 'Play, pause', ['Space', 'K'], togglePlay),
  bind('faster', 'Play', 'Faster', ['L'], (app) => {
    shuttle(app, 1);
  }),
  bind('slower', 'Play', 'Slower, then back', ['J'], (app) => {
    shuttle(app, -1);
  }),
  bind('next-frame', 'Play', 'One frame on', ['ArrowRight'], (app) => {
    step(app, 1);
  }),
  bind('previous-frame', 'Play', 'One frame back', ['ArrowLeft'], (app) => {
    step(app, -1);
  }),
  bind('next-10', 'Play', 'Ten frames on', ['Shift+ArrowRight'], (app) => {
    step(app, 10);
  }),
  bind('previous-10', 'Play', 'Ten frames back', ['Shift+ArrowLeft'], (app) => {
    step(app, -10);
  }),
  bind('start', 'Play', 'To the first frame', ['Home'], (app) => {
    seekFrame(app, 0);
  }),
  bind('end', 'Play', 'To the last frame', ['End'], (app) => {
    seekFrame(app, Infinity);
  }),
  bind('loop', 'Play', 'Loop', ['Ctrl+L'], toggleLoop),
  bind('mute', 'Play', 'Sound on, off', ['Shift+M'], toggleMuted),
  bind('prompt', 'Edit', 'Go to the prompt', ['/', 'E'], focusPrompt),
  bind('run', 'Edit', 'Run the edit', ['Enter'], runWhatIsThere),
  bind('preview', 'Edit', 'Preview this frame only', ['Shift+Enter'], (app) => {
    void previewFrame(app);
  }),
  bind('in', 'Edit', 'Span begins here', ['I'], (app) => {
    markSpan(app, 'in');
  }),
  bind('out', 'Edit', 'Span ends here', ['O'], (app) => {
    markSpan(app, 'out');
  }),
  bind('rectangle', 'Edit', 'Draw a rectangle mask', ['M R'], (app) => {
    startMask(app, 'rectangle', selectedEdit(app)?.id ?? null);
  }),
  bind('ellipse', 'Edit', 'Draw an ellipse mask', ['M O'], (app) => {
    startMask(app, 'ellipse', selectedEdit(app)?.id ?? null);
  }),
  bind('delete', 'Edit', 'Delete the selected edit', ['Delete', 'Backspace'], deleteSelected),
  bind('undo', 'Edit', 'Undo', ['Ctrl+Z'], (app) => {
    app.project.undo();
  }),
  bind('redo', 'Edit', 'Redo', ['Ctrl+Shift+Z', 'Ctrl+Y'], (app) => {
    app.project.redo();
  }),
  bind('cancel', 'Edit', 'Cancel what is under way, then deselect', ['Escape'], escape),
  bind('compare', 'Page', 'Split view on, off', ['C'], toggleCompare),
  bind('zoom-in', 'Timeline', 'Zoom in', ['+', '='], (app) => {
    setZoom(app, (zoom) => zoom * 1.5);
  }),
  bind('zoom-out', 'Timeline', 'Zoom out', ['-'], (app) => {
    setZoom(app, (zoom) => zoom / 1.5);
  }),
  bind('zoom-fit', 'Timeline', 'Show the whole clip', ['Shift+Z'], (app) => {
    setZoom(app, () => 1);
  }),
  bind('export', 'Page', 'Export', ['Ctrl+E'], (app) => {
    app.session.setState({ exportOpen: true });
  }),
  bind('shortcuts', 'Page', 'This list', ['?'], (app) => {
    app.session.setState({ shortcutsOpen: true });
  }),
];

/** Held, not pressed: see `listenForKeys`. */
export const SOURCE_KEY = '\\';

function bind(
  id: string,
  group: Binding['group'],
  label: string,
  keys: readonly string[],
  run: (app: App) => void,
): Binding {
  return { id, group, label, keys, run };
}

function toggleLoop(app: App): void {
  app.session.setState((state) => ({ loop: !state.loop }));
}

function toggleCompare(app: App): void {
  app.session.setState((state) => ({ compare: !state.compare }));
}

/** Elements that keys move to by name. */
export const PROMPT_ID = 'prompt';
export const VIEWER_ID = 'viewer';

function focusPrompt(app: App): void {
  app.session.setState({ selectedEdit: null });
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

function deleteSelected(app: App): void {
  const edit = selectedEdit(app);
  if (edit !== null) {
    removeEdit(app, edit.id);
  }
}

function escape(app: App): void {
  const { maskTool, trial } = app.session.getState();
  if (maskTool !== null) {
    app.session.setState({ maskTool: null });
  } else if (!cancelNewest(app)) {
    app.session.setState(trial === null ? { selectedEdit: null } : { trial: null });
  }
}
