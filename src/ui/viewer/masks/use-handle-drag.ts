import { useEffect, useRef, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';

type Handle<Grab> = {
  /** Called with the distance from where it was taken hold of, in fractions of the picture. */
  onDrag(grab: Grab, dx: number, dy: number): void;
  /** Let go: what was dragged becomes a step. Not called where nothing moved. */
  onDrop(): void;
  /** Esc: as it was. */
  onCancel(): void;
};

type Held<Grab> = { readonly grab: Grab; readonly x: number; readonly y: number; moved: boolean };

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const STEP = 0.005;

/** Listeners of a handle over the picture: dragged by pointer, or by arrow keys (Shift: ten times as far). */
export function useHandleDrag<Grab>(
  layer: RefObject<HTMLElement | null>,
  { onDrag, onDrop, onCancel }: Handle<Grab>,
) {
  const held = useRef<Held<Grab> | null>(null);
  const cancel = useRef(onCancel);
  useEffect(() => {
    cancel.current = onCancel;
  });
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (event.key === 'Escape' && held.current !== null) {
        held.current = null;
        event.preventDefault();
        event.stopPropagation();
        cancel.current();
      }
    };
    window.addEventListener('keydown', onKey, true);
    return () => {
      window.removeEventListener('keydown', onKey, true);
    };
  }, []);
  return (grab: Grab) => ({
    onPointerDown: (event: PointerEvent): void => {
      if (event.button === 0) {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { grab, x: event.clientX, y: event.clientY, moved: false };
      }
    },
    onPointerMove: (event: PointerEvent): void => {
      const size = layer.current?.getBoundingClientRect();
      const { current } = held;
      if (size !== undefined && current !== null) {
        current.moved = true;
        const [dx, dy] = [event.clientX - current.x, event.clientY - current.y];
        onDrag(current.grab, dx / size.width, dy / size.height);
      }
    },
    onPointerUp: (): void => {
      const { current } = held;
      held.current = null;
      if (current?.moved === true) {
        onDrop();
      }
    },
    onPointerCancel: (): void => {
      held.current = null;
      onCancel();
    },
    onKeyDown: (event: KeyboardEvent): void => {
      const arrow = ARROWS[event.key];
      if (arrow !== undefined && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        event.stopPropagation();
        const step = event.shiftKey ? STEP * 10 : STEP;
        onDrag(grab, arrow[0] * step, arrow[1] * step);
      }
    },
    onKeyUp: (event: KeyboardEvent): void => {
      // Held down, an arrow moves on and on: that is one step, too.
      if (ARROWS[event.key] !== undefined) {
        onDrop();
      }
    },
  });
}
