import { useStore } from 'zustand';
import { keyCaps, keysInWords } from '../../app/commands/key-names.ts';
import { keyStore, shownKeys } from '../../app/commands/key-store.ts';

export const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Keys as caps, `Ctrl+Z` as two. `keys` is one of a command's own: shown is what the person has it on now. */
export function Keycaps({ keys }: { keys: string }) {
  const shown = useStore(keyStore, ({ changes }) => shownKeys(keys, changes));
  return shown === null ? null : <PlainKeycaps keys={shown} />;
}

/** Keys as they are given; screen readers hear words, not signs. */
export function PlainKeycaps({ keys }: { keys: string }) {
  return (
    <span className="keycaps">
      <span className="visually-hidden">{keysInWords(keys, IS_APPLE)}</span>
      {keyCaps(keys, IS_APPLE).map((cap, at) => (
        <kbd className="keycap" key={`${cap} ${at}`} aria-hidden>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
