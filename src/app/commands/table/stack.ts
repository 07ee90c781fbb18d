import type { App } from '../../app.ts';
import { selectedEdit } from '../../selectors.ts';
import { newSeed } from '../../state/session-store.ts';
import { toggleAmountKey } from '../amount-commands.ts';
import { changeEdit, switchEdit } from '../edit-commands.ts';
import { runAllEdits, togglePaused } from '../job-commands.ts';
import {
  duplicateEdit,
  onSelected,
  selectNeighbour,
  shiftInStack,
  toggleSolo,
} from '../stack-commands.ts';
import { command, isEditing, type Command } from './command.ts';

const hasSelected = (app: App): boolean => isEditing(app) && selectedEdit(app) !== null;

/** The edits as a stack, the amount of one, and the jobs that make their pictures. */
export const STACK_COMMANDS: readonly Command[] = [
  command('next-edit', 'Edit', 'Select the next edit', ['Ctrl+ArrowDown'], (app) => {
    selectNeighbour(app, 1);
  }),
  command('previous-edit', 'Edit', 'Select the edit before', ['Ctrl+ArrowUp'], (app) => {
    selectNeighbour(app, -1);
  }),
  command(
    'another-seed',
    'Edit',
    'Another seed for the selected edit',
    [],
    onSelected((app, editId) => {
      changeEdit(app, editId, { settings: { seed: newSeed() } });
    }),
    hasSelected,
  ),
  command(
    'even-anchors',
    'Edit',
    'Spread the anchors of the selected edit evenly',
    [],
    onSelected((app, editId) => {
      changeEdit(app, editId, { settings: { anchorTimes: undefined } });
    }),
    (app) => isEditing(app) && selectedEdit(app)?.settings.anchorTimes !== undefined,
  ),
  command(
    'duplicate',
    'Edit',
    'Duplicate the selected edit',
    ['Ctrl+D'],
    onSelected(duplicateEdit),
    hasSelected,
  ),
  command(
    'apply-earlier',
    'Edit',
    'Apply the selected edit earlier',
    ['Alt+ArrowUp'],
    onSelected((app, editId) => {
      shiftInStack(app, editId, -1);
    }),
    hasSelected,
  ),
  command(
    'apply-later',
    'Edit',
    'Apply the selected edit later',
    ['Alt+ArrowDown'],
    onSelected((app, editId) => {
      shiftInStack(app, editId, 1);
    }),
    hasSelected,
  ),
  command(
    'solo',
    'Edit',
    'Solo: show the selected edit alone',
    ['Alt+S'],
    onSelected(toggleSolo),
    hasSelected,
  ),
  command(
    'switch',
    'Edit',
    'Hide or show the selected edit',
    ['H'],
    onSelected((app) => {
      const edit = selectedEdit(app);
      if (edit !== null) {
        switchEdit(app, edit.id, !edit.enabled);
      }
    }),
    hasSelected,
  ),
  command(
    'amount-key',
    'Edit',
    'Keyframe of the amount here',
    ['Alt+A'],
    (app) => {
      const { clip, frame } = app.session.getState();
      const edit = selectedEdit(app);
      if (clip !== null && edit?.clipId === clip.id) {
        toggleAmountKey(app, edit, clip.times[frame] ?? 0);
      }
    },
    hasSelected,
  ),
  command('run-all', 'Edit', 'Run all edits that lack frames', ['Ctrl+Enter'], runAllEdits),
  command('pause', 'Edit', 'Pause the jobs, or let them go on', ['Shift+P'], togglePaused),
  command('jobs', 'Page', 'Jobs', ['Shift+J'], (app) => {
    app.session.setState({ panel: 'jobs' });
  }),
  command('history', 'Page', 'Steps so far', ['Shift+H'], (app) => {
    app.session.setState({ panel: 'history' });
  }),
];
