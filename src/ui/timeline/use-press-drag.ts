import { useRef, type PointerEvent } from 'react';

/** A press that moves less is a click. */
const CLICK_PX = 4;

export type Distance = { readonly x: number; readonly y: number };

export type PressDrag<Grab> = {
  /** What the press took hold of; null leaves it to whatever lies below. */
  grab(event: PointerEvent<HTMLElement>): Grab | null;
  /** Pixels from the press on. First called when the press has become a drag. */
  move(grab: Grab, by: Distance, event: PointerEvent): void;
  drop(grab: Grab, by: Distance, event: PointerEvent): void;
  /** Let go where it was pressed. */
  click?(grab: Grab, event: PointerEvent): void;
  /** Escape, or the system took the pointer away: everything is as before the press. */
  cancel(grab: Grab): void;
};

type Held<Grab> = {
  readonly grab: Grab;
  readonly x: number;
  readonly y: number;
  isDrag: boolean;
  readonly keys: AbortController;
};

/** Listeners of an element that is dragged, or whose parts are. What is pressed must stay where it is drawn. */
export function usePressDrag<Grab>(drag: PressDrag<Grab>) {
  const held = useRef<Held<Grab> | null>(null);
  const release = (): Held<Grab> | null => {
    const one = held.current;
    one?.keys.abort();
    held.current = null;
    return one;
  };
  const stop = (): void => {
    const one = release();
    if (one?.isDrag === true) {
      drag.cancel(one.grab);
    }
  };
  const distance = (one: Held<Grab>, event: PointerEvent): Distance => ({
    x: event.clientX - one.x,
    y: event.clientY - one.y,
  });
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      const grab = event.button === 0 ? drag.grab(event) : null;
      if (grab === null) {
        return;
      }
      // By the part that was pressed, not by the whole: a double click then names it as well.
      const pressed = event.target instanceof Element ? event.target : event.currentTarget;
      pressed.setPointerCapture(event.pointerId);
      const keys = new AbortController();
      held.current = { grab, x: event.clientX, y: event.clientY, isDrag: false, keys };
      const onKey = (key: KeyboardEvent): void => {
        if (key.key === 'Escape') {
          key.preventDefault();
          key.stopPropagation();
          stop();
        }
      };
      window.addEventListener('keydown', onKey, { capture: true, signal: keys.signal });
    },
    onPointerMove: (event: PointerEvent): void => {
      const one = held.current;
      if (one === null) {
        return;
      }
      const by = distance(one, event);
      one.isDrag ||= Math.hypot(by.x, by.y) >= CLICK_PX;
      if (one.isDrag) {
        drag.move(one.grab, by, event);
      }
    },
    onPointerUp: (event: PointerEvent): void => {
      const one = release();
      if (one?.isDrag === true) {
        drag.drop(one.grab, distance(one, event), event);
      } else if (one !== null) {
        drag.click?.(one.grab, event);
      }
    },
    onPointerCancel: stop,
  };
}
