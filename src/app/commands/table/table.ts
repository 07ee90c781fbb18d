import type { Command } from './command.ts';
import { EDIT_COMMANDS } from './edit.ts';
import { MASK_COMMANDS } from './mask.ts';
import { PAGE_COMMANDS } from './page.ts';
import { PLAY_COMMANDS } from './play.ts';
import { STACK_COMMANDS } from './stack.ts';
import { TIMELINE_COMMANDS } from './timeline.ts';
import { VIEW_COMMANDS } from './view.ts';

/** Every command there is. A new one is added to the list of its area, in the file beside this one. */
export const COMMANDS: readonly Command[] = [
  ...EDIT_COMMANDS,
  ...STACK_COMMANDS,
  ...MASK_COMMANDS,
  ...PLAY_COMMANDS,
  ...VIEW_COMMANDS,
  ...TIMELINE_COMMANDS,
  ...PAGE_COMMANDS,
];
