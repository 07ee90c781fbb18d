import { addPicked } from '../clip-commands.ts';
import {
  repeatChosen,
  rippleDelete,
  shiftPiece,
  splitHere,
  trimToPlayhead,
} from '../cut-commands.ts';
import { toggleSnapping } from '../snap-commands.ts';
import { setZoom } from '../transport-commands.ts';
import { command, type Command } from './command.ts';

export const TIMELINE_COMMANDS: readonly Command[] = [
  command('add-clips', 'Timeline', 'Add clips at the end', ['Ctrl+I'], (app) => {
    void addPicked(app);
  }),
  command('split', 'Timeline', 'Split the piece at the playhead', ['S'], splitHere),
  command(
    'ripple-delete',
    'Timeline',
    'Cut out the chosen span, or the piece',
    ['Shift+Delete'],
    rippleDelete,
  ),
  command('trim-begin', 'Timeline', 'The piece begins here', ['Q'], (app) => {
    trimToPlayhead(app, 'from');
  }),
  command('trim-end', 'Timeline', 'The piece ends here', ['W'], (app) => {
    trimToPlayhead(app, 'to');
  }),
  command('piece-back', 'Timeline', 'Move the piece back', ['Ctrl+ArrowLeft'], (app) => {
    shiftPiece(app, -1);
  }),
  command('piece-on', 'Timeline', 'Move the piece on', ['Ctrl+ArrowRight'], (app) => {
    shiftPiece(app, 1);
  }),
  command('repeat', 'Timeline', 'Repeat the piece', [], repeatChosen),
  command('snap', 'Timeline', 'Snapping on, off', ['Shift+S'], toggleSnapping),
  command('zoom-in', 'Timeline', 'Zoom in', ['+', '='], (app) => {
    setZoom(app, (zoom) => zoom * 1.5);
  }),
  command('zoom-out', 'Timeline', 'Zoom out', ['-'], (app) => {
    setZoom(app, (zoom) => zoom / 1.5);
  }),
  command('zoom-fit', 'Timeline', 'Show everything', ['Shift+Z'], (app) => {
    setZoom(app, () => 1);
  }),
];
