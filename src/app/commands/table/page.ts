import { leaveClip, openAnother } from '../clip-commands.ts';
import { openModels } from '../model-commands.ts';
import { showProjects, takeOver } from '../project-commands.ts';
import { openSettings } from '../settings-commands.ts';
import { always, command, isEditing, type Command } from './command.ts';

export const PAGE_COMMANDS: readonly Command[] = [
  command('compare', 'Page', 'Split view on, off', ['C'], (app) => {
    app.session.setState((state) => ({ compare: !state.compare }));
  }),
  {
    id: 'source',
    group: 'Page',
    title: 'Source only, while held',
    keys: ['\\'],
    when: isEditing,
    run: (app) => {
      app.session.setState({ sourceOnly: true });
    },
    release: (app) => {
      app.session.setState({ sourceOnly: false });
    },
  },
  command('export', 'Page', 'Export', ['Ctrl+E'], (app) => {
    app.session.setState({ dialog: 'export' });
  }),
  command(
    'open-file',
    'Page',
    'Open another clip',
    ['Ctrl+O'],
    (app) => {
      void openAnother(app);
    },
    always,
  ),
  command('rename', 'Page', 'Rename this project', ['F2'], (app) => {
    app.session.setState({ isNaming: true });
  }),
  command(
    'take-over',
    'Page',
    'Take this project over from the other tab',
    [],
    (app) => {
      void takeOver(app);
    },
    (app) => isEditing(app) && app.project.store.getState().isReadOnly,
  ),
  command('close', 'Page', 'Close this project', [], leaveClip),
  command('projects', 'Page', 'Projects', [], showProjects, always),
  command('models', 'Page', 'Models', [], openModels, always),
  command(
    'palette',
    'Page',
    'Commands by name',
    ['Ctrl+K'],
    (app) => {
      app.session.setState({ dialog: 'palette' });
    },
    always,
  ),
  command('settings', 'Page', 'Settings', ['Ctrl+,'], openSettings, always),
  command(
    'shortcuts',
    'Page',
    'Keyboard shortcuts',
    ['?'],
    (app) => {
      app.session.setState({ dialog: 'shortcuts' });
    },
    always,
  ),
];
