import type { App } from '../app.ts';
import { BINDINGS, SOURCE_KEY, type Binding } from './keymap.ts';

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

/** The binding for a press; `pending` is the first key of a pair such as M R. */
export function findBinding(press: Press, pending: string): Binding | null {
  const pressed = combination(press);
  const wanted = pending === '' ? pressed : `${pending} ${pressed}`;
  return BINDINGS.find((binding) => binding.keys.includes(wanted)) ?? null;
}

function startsPair(pressed: string): boolean {
  return BINDINGS.some((binding) => binding.keys.some((keys) => keys.startsWith(`${pressed} `)));
}

/** Keys for people: `Ctrl+Shift+Z` as its parts, arrows as arrows, the Command key on Apple machines. */
export function keyCaps(keys: string, isApple: boolean): readonly string[] {
  const names: Record<string, string> = {
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
    Ctrl: isApple ? '⌘' : 'Ctrl',
    Shift: isApple ? '⇧' : 'Shift',
    Enter: '⏎',
  };
  return keys
    .split(' ')
    .flatMap((press) => (press === '+' ? ['+'] : press.split('+')))
    .map((part) => names[part] ?? part);
}

const TEXT_FIELDS = 'input:not([type=range]), textarea, select, [contenteditable=true]';
/** Space and Enter belong to what they press, arrows to what they move; everything else reaches the editor. */
const PRESSABLE = 'button, a, label, [role=button], [role=menuitem], [role=option], [role=radio]';
const PRESSING = /^(Shift\+)?(Space|Enter)$/;
const MOVABLE = 'input[type=range], [role=slider], [role=menuitem], [role=option], [role=radio]';
const MOVING = /^(Shift\+)?(Home|End|Arrow\w+)$/;

function isTaken(target: EventTarget | null, pressed: string): boolean {
  if (!(target instanceof Element)) {
    return false;
  }
  if (target.closest('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]') !== null) {
    return true;
  }
  if (target.closest(TEXT_FIELDS) !== null) {
    return pressed !== 'Ctrl+E' && pressed !== 'Ctrl+L';
  }
  return (
    (PRESSING.test(pressed) && target.closest(PRESSABLE) !== null) ||
    (MOVING.test(pressed) && target.closest(MOVABLE) !== null)
  );
}

/** A button keeps its focus after a click, and the next Space would press it again instead of playing: let go of it. */
function letGoOfClickedButtons(signal: AbortSignal): void {
  const onUp = (event: Event): void => {
    const isButton =
      event.target instanceof Element &&
      event.target.closest('.editor button, .header button') !== null;
    const { activeElement } = document;
    if (isButton && event.isTrusted && activeElement instanceof HTMLButtonElement) {
      const isMenu =
        activeElement.hasAttribute('aria-haspopup') || activeElement.ariaExpanded !== null;
      if (!isMenu) {
        activeElement.blur();
      }
    }
  };
  window.addEventListener(
    'pointerup',
    (event) => {
      setTimeout(() => {
        onUp(event);
      });
    },
    { signal },
  );
}

/** Listens on the page until `signal` fires. Dialogs and text fields keep their own keys. */
export function listenForKeys(app: App, signal: AbortSignal): void {
  letGoOfClickedButtons(signal);
  let pending = '';
  const onDown = (event: KeyboardEvent): void => {
    const state = app.session.getState();
    const isBusy = state.phase.kind !== 'editing' || state.exportOpen || state.shortcutsOpen;
    const pressed = combination(event);
    const isAllowed = !isBusy || (pressed === '?' && state.phase.kind === 'start');
    if (event.defaultPrevented || !isAllowed || isTaken(event.target, pressed)) {
      return;
    }
    if (event.key === SOURCE_KEY && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      app.session.setState({ sourceOnly: true });
      return;
    }
    const binding = findBinding(event, pending);
    const opensPair = pending === '' && binding === null && startsPair(pressed);
    pending = opensPair ? pressed : '';
    if (binding !== null) {
      event.preventDefault();
      binding.run(app);
    }
  };
  const release = (): void => {
    app.session.setState({ sourceOnly: false });
  };
  window.addEventListener('keydown', onDown, { signal });
  window.addEventListener(
    'keyup',
    (event) => {
      if (event.key === SOURCE_KEY) {
        release();
      }
    },
    { signal },
  );
  window.addEventListener('blur', release, { signal });
}
