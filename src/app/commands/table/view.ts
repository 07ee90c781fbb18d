import { panView, showWholePicture, zoomView } from '../view-commands.ts';
import { command, type Command } from './command.ts';

const CLOSER = 1.5;
/** Pixels of the page. */
const STEP = 80;

/** How closely the picture is looked at. */
export const VIEW_COMMANDS: readonly Command[] = [
  command('view-closer', 'Play', 'Look closer', ['Alt++', 'Alt+=', 'V +', 'V ='], (app) => {
    zoomView(app, CLOSER);
  }),
  command('view-farther', 'Play', 'Look from farther', ['Alt+-', 'V -'], (app) => {
    zoomView(app, 1 / CLOSER);
  }),
  command('view-whole', 'Play', 'Show the whole picture', ['Alt+0', 'V 0'], showWholePicture),
  command('view-left', 'Play', 'Look further left', ['Alt+Shift+ArrowLeft'], (app) => {
    panView(app, STEP, 0);
  }),
  command('view-right', 'Play', 'Look further right', ['Alt+Shift+ArrowRight'], (app) => {
    panView(app, -STEP, 0);
  }),
  command('view-up', 'Play', 'Look further up', ['Alt+Shift+ArrowUp'], (app) => {
    panView(app, 0, STEP);
  }),
  command('view-down', 'Play', 'Look further down', ['Alt+Shift+ArrowDown'], (app) => {
    panView(app, 0, -STEP);
  }),
];
