import { selectedEdit } from '../../selectors.ts';
import { startMask } from '../edit-commands.ts';
import { command, type Command } from './command.ts';

export const MASK_COMMANDS: readonly Command[] = [
  command('rectangle', 'Mask', 'Draw a rectangle mask', ['M R'], (app) => {
    startMask(app, 'rectangle', selectedEdit(app)?.id ?? null);
  }),
  command('ellipse', 'Mask', 'Draw an ellipse mask', ['M O'], (app) => {
    startMask(app, 'ellipse', selectedEdit(app)?.id ?? null);
  }),
];
