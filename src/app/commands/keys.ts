import type { App } from '../app.ts';
import { findCommand, startsPair } from './key-bindings.ts';
import { keyStore } from './key-store.ts';
import { combination } from './key-names.ts';
import type { Command } from './table/command.ts';
import { COMMANDS } from './table/table.ts';

const TEXT_FIELDS = 'input:not([type=range]), textarea, select, [contenteditable=true]';
/** What a text field does itself; other combinations with Ctrl reach the editor from there too. */
const TEXT_KEYS = /^Ctrl\+(Alt\+)?(Shift\+)?([ACVXYZ]|Backspace|Delete|Home|End|Enter|Arrow\w+)$/;
/** Space and Enter belong to what they press, arrows to what they move that way; everything else reaches the editor. */
const PRESSABLE = 'button, a, label, [role=button], [role=menuitem], [role=option], [role=radio]';
const PRESSING = /^(Shift\+)?(Space|Enter)$/;
const MOVABLE = 'input[type=range], [role=menuitem], [role=option], [role=radio]';
const MOVING = /^(Shift\+)?(Home|End|Arrow\w+)$/;
/** Playhead, split, ends and anchors lie along the time or the picture's width. */
const MOVABLE_ACROSS = '[role=slider]';
const MOVING_ACROSS = /^(Shift\+)?(Home|End|ArrowLeft|ArrowRight)$/;

function isTaken(target: EventTarget | null, pressed: string): boolean {
  if (!(target instanceof Element)) {
    return false;
  }
  if (target.closest('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]') !== null) {
    return true;
  }
  if (target.closest(TEXT_FIELDS) !== null) {
    return !pressed.startsWith('Ctrl+') || TEXT_KEYS.test(pressed);
  }
  return (
    (PRESSING.test(pressed) && target.closest(PRESSABLE) !== null) ||
    (MOVING.test(pressed) && target.closest(MOVABLE) !== null) ||
    (MOVING_ACROSS.test(pressed) && target.closest(MOVABLE_ACROSS) !== null)
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
  let held: { readonly key: string; readonly command: Command } | null = null;
  const release = (): void => {
    held?.command.release?.(app);
    held = null;
  };
  const onDown = (event: KeyboardEvent): void => {
    const pressed = combination(event);
    if (event.defaultPrevented || isCovered(app) || isTaken(event.target, pressed)) {
      return;
    }
    const { changes } = keyStore.getState();
    const wanted = pending === '' ? pressed : `${pending} ${pressed}`;
    const command = findCommand(COMMANDS, changes, wanted);
    const opensPair = pending === '' && command === null && startsPair(COMMANDS, changes, pressed);
    pending = opensPair ? pressed : '';
    if (command === null || !command.when(app)) {
      return;
    }
    event.preventDefault();
    if (command.release === undefined) {
      command.run(app);
    } else if (held === null) {
      held = { key: event.key, command };
      command.run(app);
    }
  };
  const onUp = (event: KeyboardEvent): void => {
    if (event.key === held?.key) {
      release();
    }
  };
  window.addEventListener('keydown', onDown, { signal });
  window.addEventListener('keyup', onUp, { signal });
  window.addEventListener('blur', release, { signal });
}

/** A dialog lies over the page, even while it is still being fetched. */
function isCovered(app: App): boolean {
  return app.session.getState().dialog !== null || app.projects.getState().isOpen;
}
