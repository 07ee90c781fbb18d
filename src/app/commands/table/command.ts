import type { App } from '../../app.ts';

/** In the order of the shortcut sheet. */
export const COMMAND_GROUPS = ['Edit', 'Mask', 'Play', 'Timeline', 'Page'] as const;

export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** Something a person can do without pointing. The key listener, the palette and the shortcut sheet know no others. */
export type Command = {
  /** Names it where keys are stored: never changed once released. */
  readonly id: string;
  readonly group: CommandGroup;
  /** Says what it does, as on a button: "Split the view". */
  readonly title: string;
  /**
   * Combinations such as `Ctrl+Shift+Z` or `M R` (one after the other); Ctrl also means the Command key. The first is
   * shown in tooltips. May be empty: then the palette alone offers it, until it is given a key.
   */
  readonly keys: readonly string[];
  /** Whether it can do anything now: otherwise its keys do nothing and the palette leaves it out. */
  when(app: App): boolean;
  run(app: App): void;
  /** Of commands that last as long as their key is held; the palette leaves those out. */
  release?(app: App): void;
};

/** A clip is open and nothing else is being opened. */
export function isEditing(app: App): boolean {
  return app.session.getState().phase.kind === 'editing';
}

export function always(): boolean {
  return true;
}

export function command(
  id: string,
  group: CommandGroup,
  title: string,
  keys: readonly string[],
  run: (app: App) => void,
  when: (app: App) => boolean = isEditing,
): Command {
  return { id, group, title, keys, when, run };
}
