import * as v from 'valibot';
import type { App } from '../app.ts';
import { readBrowserSetting, writeBrowserSetting } from '../browser-setting.ts';

const KEY = 'deltacut.snapping';

/** As it was left on the last visit. */
export function restoreSnapping(app: Pick<App, 'session'>): void {
  app.session.setState({ snaps: readBrowserSetting(KEY, v.boolean()) ?? true });
}

export function setSnapping(app: Pick<App, 'session'>, snaps: boolean): void {
  app.session.setState({ snaps });
  writeBrowserSetting(KEY, snaps);
}

export function toggleSnapping(app: Pick<App, 'session'>): void {
  setSnapping(app, !app.session.getState().snaps);
}
