import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import type { App } from '../app.ts';
import { readBrowserSetting, writeBrowserSetting } from '../browser-setting.ts';
import { fuzzyMatch } from './fuzzy.ts';
import type { Command } from './table/command.ts';

const KEY = 'deltacut.recent-commands';
const MOST_RECENT = 6;

/** Ids of the commands chosen last in this browser, newest first. */
export const recentStore = createStore<{ readonly ids: readonly string[] }>(() => ({
  ids: readBrowserSetting(KEY, v.array(v.string())) ?? [],
}));

export function remember(id: string): void {
  const ids = [id, ...recentStore.getState().ids.filter((one) => one !== id)].slice(0, MOST_RECENT);
  recentStore.setState({ ids });
  writeBrowserSetting(KEY, ids);
}

/** A line of the palette; `at` are the letters of its title that were asked for. */
export type Found = {
  readonly command: Command;
  readonly isRecent: boolean;
  readonly at: readonly number[];
};

/** A title fits better than its group's name: "mask rectangle" finds "Draw a rectangle mask" and the group's others. */
const GROUP_COST = 6;
/** Of two that fit alike the one that was used lately comes first. */
const RECENT_BONUS = 3;

/** The commands that fit, the best first; for an empty query the recent ones, then all in the table's order. */
export function findCommands(
  commands: readonly Command[],
  query: string,
  recent: readonly string[],
): readonly Found[] {
  const scored = commands.flatMap((command, order) => {
    const { id, title, group } = command;
    const age = recent.indexOf(id);
    const inTitle = fuzzyMatch(query, title);
    const inBoth = inTitle === null ? fuzzyMatch(query, `${title} ${group}`) : null;
    const match = inTitle ?? inBoth;
    if (match === null) {
      return [];
    }
    const score = match.score - (inTitle === null ? GROUP_COST : 0) + (age < 0 ? 0 : RECENT_BONUS);
    const at = match.at.filter((place) => place < title.length);
    return [
      { command, isRecent: age >= 0, at, score, order: age < 0 ? recent.length + order : age },
    ];
  });
  const isAsking = query.trim() !== '';
  return scored
    .toSorted((a, b) => (isAsking ? b.score - a.score : 0) || a.order - b.order)
    .map(({ command, isRecent, at }) => ({ command, isRecent, at }));
}

/** What can be done now, as the palette offers it. */
export function offeredCommands(app: App, commands: readonly Command[]): readonly Command[] {
  return commands.filter(
    (command) => command.release === undefined && command.id !== 'palette' && command.when(app),
  );
}

/** Closes the palette and does what was chosen, once the focus is back where it was. */
export function runFromPalette(app: App, command: Command): void {
  remember(command.id);
  app.session.setState({ dialog: null });
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      if (command.when(app)) {
        command.run(app);
      }
    });
  });
}
