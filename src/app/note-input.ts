import { createActivityMemory, noteActivity, sharedNow } from '../protocol/activity.ts';

/** Presses, drags, keys and wheels. A pointer that only passes over the page asks for nothing. */
const KINDS = ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'keydown', 'wheel'];

/**
 * Notes whenever the person does something, until `signal` fires: the memory is for the engine, which gives way. Null where the
 * page may share none.
 */
export function noteInput(signal: AbortSignal): SharedArrayBuffer | null {
  const memory = createActivityMemory();
  if (memory === null) {
    return null;
  }
  let isHeld = false;
  const onInput = (event: Event): void => {
    const wasHeld = isHeld;
    if (event instanceof PointerEvent) {
      isHeld = event.buttons !== 0;
      if (event.type === 'pointermove' && !isHeld && !wasHeld) {
        return;
      }
    }
    noteActivity(memory, { lastInput: sharedNow(), isHeld });
  };
  for (const kind of KINDS) {
    // Before all others, whatever they stop.
    window.addEventListener(kind, onInput, { capture: true, passive: true, signal });
  }
  return memory;
}
