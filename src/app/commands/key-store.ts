import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import { readBrowserSetting, writeBrowserSetting } from '../browser-setting.ts';
import { assignKeys, keysOf, resetKeys, type KeyChanges } from './key-bindings.ts';
import { COMMANDS } from './table/table.ts';

const KEY = 'deltacut.keys';
const schema = v.record(v.string(), v.array(v.string()));

/** The keys this browser's person chose. They belong to the browser, not to a project. */
export const keyStore = createStore<{ readonly changes: KeyChanges }>(() => ({
  changes: readBrowserSetting(KEY, schema) ?? {},
}));

export function giveKeys(id: string, keys: readonly string[]): void {
  keep(assignKeys(COMMANDS, keyStore.getState().changes, id, keys));
}

export function giveOwnKeysBack(id: string): void {
  keep(resetKeys(COMMANDS, keyStore.getState().changes, id));
}

export function giveAllKeysBack(): void {
  keep({});
}

function keep(changes: KeyChanges): void {
  keyStore.setState({ changes });
  writeBrowserSetting(KEY, Object.keys(changes).length === 0 ? null : changes);
}

/**
 * What to show where a command is named by one of its own keys, as in tooltips: the first key it has now.
 * Null where it was left without one; the given keys where no command has them.
 */
export function shownKeys(ownKeys: string, changes: KeyChanges): string | null {
  const command = COMMANDS.find(({ keys }) => keys.includes(ownKeys));
  if (command === undefined) {
    return ownKeys;
  }
  const keys = keysOf(command, changes);
  return keys.includes(ownKeys) ? ownKeys : (keys[0] ?? null);
}
