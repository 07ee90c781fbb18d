import type { Command } from './table/command.ts';

/** Which keys commands have in place of their own, by command id. Ids that no command has any more are ignored. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>;

type Keyed = Pick<Command, 'id' | 'keys'>;

export function keysOf(command: Keyed, changes: KeyChanges): readonly string[] {
  return (Object.hasOwn(changes, command.id) ? changes[command.id] : undefined) ?? command.keys;
}

export function isChanged(command: Keyed, changes: KeyChanges): boolean {
  return Object.hasOwn(changes, command.id);
}

/** The command of a combination, or of a pair such as `M R`. A key that was chosen wins over one that came later. */
export function findCommand<C extends Keyed>(
  commands: readonly C[],
  changes: KeyChanges,
  keys: string,
): C | null {
  const found = commands.filter((command) => keysOf(command, changes).includes(keys));
  return found.find((command) => isChanged(command, changes)) ?? found[0] ?? null;
}

/** Whether a pair begins with this combination. */
export function startsPair(
  commands: readonly Keyed[],
  changes: KeyChanges,
  first: string,
): boolean {
  return commands.some((command) =>
    keysOf(command, changes).some((keys) => keys.startsWith(`${first} `)),
  );
}

/** Two that can't both work: the same, or one the beginning of the other, which would never be reached. */
export function collide(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `);
}

/** The other commands that would lose a key if `id` got `keys`. */
export function conflicts<C extends Keyed>(
  commands: readonly C[],
  changes: KeyChanges,
  id: string,
  keys: string,
): readonly C[] {
  return commands.filter(
    (command) => command.id !== id && keysOf(command, changes).some((one) => collide(one, keys)),
  );
}

/** Gives `id` these keys and no others. Whoever had one of them, or the beginning of one, loses it. */
export function assignKeys(
  commands: readonly Keyed[],
  changes: KeyChanges,
  id: string,
  keys: readonly string[],
): KeyChanges {
  const next: Record<string, readonly string[]> = {};
  for (const command of commands) {
    const old = keysOf(command, changes);
    const now =
      command.id === id ? keys : old.filter((one) => !keys.some((key) => collide(one, key)));
    if (!sameKeys(now, command.keys)) {
      next[command.id] = now;
    }
  }
  return next;
}

/** Gives `id` its own keys back, also those that another command was given since. */
export function resetKeys(commands: readonly Keyed[], changes: KeyChanges, id: string): KeyChanges {
  const own = commands.find((command) => command.id === id)?.keys;
  return own === undefined ? changes : assignKeys(commands, changes, id, own);
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((keys, at) => keys === b[at]);
}

/** Browsers act on these themselves, or the page could not be left by keyboard without them. */
const RESERVED = new Set([
  'Tab',
  'Shift+Tab',
  'Escape',
  'Ctrl+N',
  'Ctrl+Shift+N',
  'Ctrl+T',
  'Ctrl+Shift+T',
  'Ctrl+W',
  'Ctrl+Shift+W',
  'Ctrl+Tab',
  'Ctrl+Q',
  'Ctrl+R',
  'F5',
  'F11',
  'F12',
]);

/** Whether a combination, or either half of a pair, never reaches the page or has a meaning everywhere. */
export function isReserved(keys: string): boolean {
  return keys.split(' ').some((press) => RESERVED.has(press));
}
