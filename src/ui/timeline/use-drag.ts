import { useRef, type PointerEvent } from 'react';

/** A press that moves less is a click. */
const CLICK_PX = 4;

export type DragMove = {
  /** Pixels since the press. */
  readonly by: number;
  /** Pointer's place in pixels from the left of the page. */
  readonly x: number;
  /** Alt: no snapping. */
  readonly free: boolean;
};

type DragHandlers = {
  /** The press has become a drag. */
  onStart?(): void;
  onMove(move: DragMove): void;
  /** Let go after having moved. */
  onDrop(move: DragMove): void;
  /** Let go where it was pressed. */
  onClick?(move: DragMove): void;
  /** Esc, or the pointer was taken away. */
  onCancel(): void;
};

type Press = { readonly x: number; moved: boolean; readonly stop: () => void };

/** Pointer listeners for something that is dragged sideways; Esc takes the drag back. */
export function useDrag({ onStart, onMove, onDrop, onClick, onCancel }: DragHandlers) {
  const press = useRef<Press | null>(null);
  const end = (): Press | null => {
    const ended = press.current;
    press.current = null;
    ended?.stop();
    return ended;
  };
  const moveOf = (event: PointerEvent, from: number): DragMove => {
    return { by: event.clientX - from, x: event.clientX, free: event.altKey };
  };
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0) {
        return;
      }
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      const onKey = (key: KeyboardEvent): void => {
        if (key.key === 'Escape' && press.current?.moved === true) {
          key.stopPropagation();
          key.preventDefault();
          end();
          onCancel();
        }
      };
      window.addEventListener('keydown', onKey, true);
      press.current = {
        x: event.clientX,
        moved: false,
        stop: () => {
          window.removeEventListener('keydown', onKey, true);
        },
      };
    },
    onPointerMove: (event: PointerEvent): void => {
      const held = press.current;
      if (held === null) {
        return;
      }
      const move = moveOf(event, held.x);
      if (!held.moved && Math.abs(move.by) >= CLICK_PX) {
        held.moved = true;
        onStart?.();
      }
      if (held.moved) {
        onMove(move);
      }
    },
    onPointerUp: (event: PointerEvent): void => {
      const held = end();
      if (held === null) {
        return;
      }
      event.stopPropagation();
      if (held.moved) {
        onDrop(moveOf(event, held.x));
      } else {
        onClick?.(moveOf(event, held.x));
      }
    },
    onPointerCancel: (): void => {
      if (end() !== null) {
        onCancel();
      }
    },
  };
}
