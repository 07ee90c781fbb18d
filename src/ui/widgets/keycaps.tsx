import { keyCaps } from '../../app/commands/keys.ts';

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Keys as caps, `Ctrl+Z` as two. */
export function Keycaps({ keys }: { keys: string }) {
  return (
    <span className="keycaps">
      {keyCaps(keys, IS_APPLE).map((cap) => (
        <kbd className="keycap" key={cap}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
