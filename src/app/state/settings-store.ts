import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import type { AppError } from '../../base/error.ts';
import type { EngineSetup, MachineFacts } from '../../protocol/engine.ts';
import type { StorageUse } from '../../protocol/projects.ts';
import { readBrowserSetting, writeBrowserSetting } from '../browser-setting.ts';

const KEY = 'deltacut.engine';
const MEGABYTE = 1e6;

/** What the memory for anchors can be set to besides the engine's own choice, in bytes. The result is the same with each. */
export const MEMORY_STEPS: readonly number[] = [250, 500, 750, 1500, 3000].map(
  (megabytes) => megabytes * MEGABYTE,
);

const schema = v.object({
  choice: v.picklist(['auto', 'webgpu', 'cpu']),
  bankBytes: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

/** What this browser's person chose for the engine; what the app thinks best otherwise. */
export function keptSetup(): EngineSetup {
  return readBrowserSetting(KEY, schema) ?? { choice: 'auto', bankBytes: null };
}

export function keepSetup(setup: EngineSetup): void {
  writeBrowserSetting(KEY, setup);
}

/** What the settings show besides the setup itself; null while it is being looked up. */
export type SettingsState = {
  readonly machine: MachineFacts | null;
  readonly use: StorageUse | null;
  /** Bytes that the browser allows this site; null where it does not tell. */
  readonly quota: number | null;
  /** Whether the browser promised not to clear it. */
  readonly isPersistent: boolean | null;
  readonly isClearing: boolean;
  readonly error: AppError | null;
};

export const settingsStore = createStore<SettingsState>(() => ({
  machine: null,
  use: null,
  quota: null,
  isPersistent: null,
  isClearing: false,
  error: null,
}));
