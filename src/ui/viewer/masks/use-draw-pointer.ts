import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

export type Place = { readonly x: number; readonly y: number };

type Handlers = {
  onDown(at: Place): void;
  onMove(at: Place, isDown: boolean): void;
  onUp(at: Place): void;
  /** Esc while something is held down. */
  onCancel(): void;
};

const ARROWS: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
const STEP = 0.01;

/**
 * A pointer over the picture, in fractions of it: the mouse's, or one that arrow keys move (Shift: further) and that
 * Space or Enter presses and lets go. `cursor` is where the keyboard's is, null while the mouse is used.
 */
export function useDrawPointer({ onDown, onMove, onUp, onCancel }: Handlers) {
  const [cursor, setCursor] = useState<Place | null>(null);
  const isDown = useRef(false);
  const press = (at: Place): void => {
    isDown.current = !isDown.current;
    (isDown.current ? onDown : onUp)(at);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    const at = cursor ?? { x: 0.5, y: 0.5 };
    const isPress = event.key === 'Enter' || event.key === ' ';
    if (arrow !== undefined && !event.ctrlKey && !event.altKey) {
      const step = event.shiftKey ? STEP * 5 : STEP;
      const to = { x: clamp(at.x + arrow.x * step), y: clamp(at.y + arrow.y * step) };
      setCursor(to);
      onMove(to, isDown.current);
    } else if (isPress && !event.repeat) {
      setCursor(at);
      press(at);
    } else if (event.key === 'Escape' && isDown.current) {
      isDown.current = false;
      onCancel();
    } else if (!isPress) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    cursor,
    listeners: {
      onKeyDown,
      onPointerDown: (event: PointerEvent): void => {
        if (event.button === 0 && !isDown.current) {
          event.currentTarget.setPointerCapture(event.pointerId);
          setCursor(null);
          press(placeIn(event));
        }
      },
      onPointerMove: (event: PointerEvent): void => {
        onMove(placeIn(event), isDown.current);
      },
      onPointerUp: (event: PointerEvent): void => {
        if (isDown.current) {
          press(placeIn(event));
        }
      },
      onPointerCancel: (): void => {
        isDown.current = false;
        onCancel();
      },
    },
  };
}

function placeIn(event: PointerEvent): Place {
  const box = event.currentTarget.getBoundingClientRect();
  return {
    x: (event.clientX - box.left) / box.width,
    y: (event.clientY - box.top) / box.height,
  };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, Math.round(value * 1000) / 1000));
}
