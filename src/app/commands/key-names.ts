type Press = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
};

/** How a press is written in the table: `Ctrl+Shift+Z`, `Space`, `?`. Signs carry their Shift already. */
export function combination(press: Press): string {
  const { key } = press;
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
  const isSign = key.length === 1 && key !== ' ' && key.toUpperCase() === key.toLowerCase();
  return [
    press.ctrlKey || press.metaKey ? 'Ctrl' : '',
    press.altKey ? 'Alt' : '',
    press.shiftKey && !isSign ? 'Shift' : '',
    name,
  ]
    .filter((part) => part !== '')
    .join('+');
}

const MODIFIERS = ['Control', 'Meta', 'Alt', 'AltGraph', 'Shift', 'CapsLock', 'Dead', 'Process'];

/** Whether a press is of a modifier alone, or of a key that is not finished yet. */
export function isModifier({ key }: Pick<Press, 'key'>): boolean {
  return MODIFIERS.includes(key);
}

const CAPS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Enter: '⏎',
};
const APPLE_CAPS: Record<string, string> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

/** Keys for people: `Ctrl+Shift+Z` as its parts, arrows as arrows, the Command key on Apple machines. */
export function keyCaps(keys: string, isApple: boolean): readonly string[] {
  return keyParts(keys).map((part) => CAPS[part] ?? (isApple ? APPLE_CAPS[part] : null) ?? part);
}

const SPOKEN: Record<string, string> = {
  ArrowLeft: 'Left arrow',
  ArrowRight: 'Right arrow',
  ArrowUp: 'Up arrow',
  ArrowDown: 'Down arrow',
  '/': 'Slash',
  '\\': 'Backslash',
  '?': 'Question mark',
  '+': 'Plus',
  '-': 'Minus',
  '=': 'Equals',
};

/** Keys in words, for sentences and screen readers: `Ctrl+ArrowLeft` is "Ctrl Left arrow". */
export function keysInWords(keys: string, isApple: boolean): string {
  return keys
    .split(' ')
    .map((press) =>
      keyParts(press)
        .map((part) => (isApple && part === 'Ctrl' ? 'Command' : (SPOKEN[part] ?? part)))
        .join(' '),
    )
    .join(', then ');
}

/** `Ctrl++` is Ctrl and +. */
function keyParts(keys: string): readonly string[] {
  return keys
    .split(' ')
    .flatMap((press) =>
      press === '+'
        ? ['+']
        : press.endsWith('++')
          ? [...press.slice(0, -2).split('+'), '+']
          : press.split('+'),
    );
}
