import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNotices } from '../state/notices-store.ts';
import { offerPersistence } from './persistence.ts';

/** A browser that has been told nothing yet. */
function browser(isPersistent: boolean) {
  const kept = new Map<string, string>();
  const asked: string[] = [];
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  vi.stubGlobal('navigator', {
    storage: {
      persisted: () => Promise.resolve(isPersistent),
      persist: () => {
        asked.push('persist');
        return Promise.resolve(true);
      },
    },
  });
  return asked;
}

const notices = createNotices();
const said = () => notices.store.getState().notices;

beforeEach(() => {
  notices.clear();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the wish to be kept', () => {
  it('is said with its reason and reaches the browser only when it is allowed', async () => {
    const asked = browser(false);
    await offerPersistence({ notices }, 'model');
    expect(said().map(({ text }) => text)).toEqual([expect.stringContaining('Imported models')]);
    expect(asked).toEqual([]);
    said()[0]?.actions[0]?.run();
    await vi.waitFor(() => {
      expect(said().at(-1)?.text).toBe('Projects and models are kept until you delete them.');
    });
    expect(asked).toEqual(['persist']);
  });

  it('comes once, whatever there is to lose, even where both come at the same time', async () => {
    browser(false);
    await Promise.all([
      offerPersistence({ notices }, 'work'),
      offerPersistence({ notices }, 'model'),
    ]);
    await offerPersistence({ notices }, 'work');
    expect(said()).toHaveLength(1);
  });

  it('is not said where the browser has agreed already', async () => {
    browser(true);
    await offerPersistence({ notices }, 'work');
    expect(said()).toEqual([]);
  });
});
