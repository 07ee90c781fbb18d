import type { App } from '../../app.ts';
import { selectedEdit } from '../../selectors.ts';
import type { MaskTool } from '../../state/mask-store.ts';
import type { MaskCombine } from '../../../project/document.ts';
import { startMask } from '../edit-commands.ts';
import {
  addKeyframe,
  combineAs,
  copyKeys,
  easeKeys,
  goToKeyframe,
  hasCurrentMask,
  hasKeys,
  invertMask,
  nextLook,
  pasteKeys,
  removeMask,
  resizeBrush,
  softenBrush,
} from '../mask-commands.ts';
import { command, isEditing, type Command } from './command.ts';

const BIGGER = 1.25;
const SOFTER = 0.1;

export const MASK_COMMANDS: readonly Command[] = [
  tool('rectangle', 'rectangle', 'Draw a rectangle mask', ['M R']),
  tool('ellipse', 'ellipse', 'Draw an ellipse mask', ['M O']),
  tool('pen', 'path', 'Draw a mask with the pen', ['M P']),
  tool('brush', 'brush', 'Paint a mask', ['M B']),
  tool('erase', 'erase', 'Erase from the mask', ['X']),
  command('brush-smaller', 'Mask', 'Smaller brush', ['['], (app) => {
    resizeBrush(app, 1 / BIGGER);
  }),
  command('brush-bigger', 'Mask', 'Bigger brush', [']'], (app) => {
    resizeBrush(app, BIGGER);
  }),
  command('brush-harder', 'Mask', 'Harder brush', ['{'], (app) => {
    softenBrush(app, -SOFTER);
  }),
  command('brush-softer', 'Mask', 'Softer brush', ['}'], (app) => {
    softenBrush(app, SOFTER);
  }),
  command(
    'next-keyframe',
    'Mask',
    'To the next mask keyframe',
    ['N'],
    (app) => {
      goToKeyframe(app, 1);
    },
    hasMask,
  ),
  command(
    'previous-keyframe',
    'Mask',
    'To the mask keyframe before',
    ['Shift+N'],
    (app) => {
      goToKeyframe(app, -1);
    },
    hasMask,
  ),
  command('add-keyframe', 'Mask', 'Add a mask keyframe here', ['Alt+N'], addKeyframe, hasMask),
  command('copy-keyframes', 'Mask', 'Copy mask keyframes', ['Ctrl+C'], copyKeys, hasKeys),
  command('paste-keyframes', 'Mask', 'Paste mask keyframes here', ['Ctrl+V'], pasteKeys, canPaste),
  command(
    'hold-keyframes',
    'Mask',
    'Hold the selected mask keyframes',
    ['M H'],
    (app) => {
      easeKeys(app, 'hold');
    },
    hasKeys,
  ),
  command(
    'interpolate-keyframes',
    'Mask',
    'Interpolate the selected mask keyframes',
    ['M L'],
    (app) => {
      easeKeys(app, 'linear');
    },
    hasKeys,
  ),
  command(
    'ease-keyframes',
    'Mask',
    'Ease the selected mask keyframes',
    ['M E'],
    (app) => {
      easeKeys(app, 'ease');
    },
    hasKeys,
  ),
  joining('mask-add', 'add', 'This mask shape, or the next, adds', 'M A'),
  joining('mask-subtract', 'subtract', 'This mask shape, or the next, subtracts', 'M S'),
  joining('mask-intersect', 'intersect', 'This mask shape, or the next, intersects', 'M X'),
  command('mask-invert', 'Mask', 'Mask the outside instead', ['M I'], invertMask, hasMask),
  command('mask-remove', 'Mask', 'Remove the mask: the whole frame', [], removeMask, hasMask),
  command('mask-look', 'Mask', 'See masks as outline, colour or matte', ['M V'], nextLook),
  command('onion-skin', 'Mask', 'Outlines of neighbouring keyframes on, off', ['M N'], (app) => {
    app.masks.setState(({ onion }) => ({ onion: !onion }));
  }),
];

function tool(id: string, shape: MaskTool, title: string, keys: readonly string[]): Command {
  return command(id, 'Mask', title, keys, (app) => {
    startMask(app, shape, selectedEdit(app)?.id ?? null);
  });
}

function joining(id: string, combine: MaskCombine, title: string, keys: string): Command {
  const run = (app: App): void => {
    combineAs(app, combine);
  };
  return command(id, 'Mask', title, [keys], run, hasMask);
}

function hasMask(app: App): boolean {
  return isEditing(app) && hasCurrentMask(app);
}

function canPaste(app: App): boolean {
  return hasMask(app) && app.masks.getState().copied !== null;
}
