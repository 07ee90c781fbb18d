import * as v from 'valibot';

/** What was kept in this browser under a key; null where nothing of that form is there or storage is switched off. */
export function readBrowserSetting<T>(key: string, schema: v.GenericSchema<unknown, T>): T | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(localStorage.getItem(key) ?? 'null'));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Keeps a JSON value for the next visit, or with null forgets it. Without storage it holds for this visit alone. */
export function writeBrowserSetting(key: string, value: unknown): void {
  try {
    if (value === null) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, JSON.stringify(value));
    }
  } catch {
    // Storage is switched off or full.
  }
}
