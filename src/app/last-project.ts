const KEY = 'deltacut.project';

/** Which project this tab has open, for a reload, and any tab had last, for the next visit. Null: none. */
export function rememberProject(id: string | null): void {
  try {
    // Empty, not removed: this tab was left on the start screen on purpose.
    sessionStorage.setItem(KEY, id ?? '');
    if (id === null) {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, id);
    }
  } catch {
    // Storage is switched off: the list of projects still has it.
  }
}

export function lastProject(): string | null {
  try {
    const id = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
    return id === '' ? null : id;
  } catch {
    return null;
  }
}
