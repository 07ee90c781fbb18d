import { setZoom } from '../transport-commands.ts';
import { command, type Command } from './command.ts';

export const TIMELINE_COMMANDS: readonly Command[] = [
  command('zoom-in', 'Timeline', 'Zoom in', ['+', '='], (app) => {
    setZoom(app, (zoom) => zoom * 1.5);
  }),
  command('zoom-out', 'Timeline', 'Zoom out', ['-'], (app) => {
    setZoom(app, (zoom) => zoom / 1.5);
  }),
  command('zoom-fit', 'Timeline', 'Show the whole clip', ['Shift+Z'], (app) => {
    setZoom(app, () => 1);
  }),
];
