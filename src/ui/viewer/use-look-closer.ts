import { useEffect, useRef, type PointerEvent, type RefObject } from 'react';
import { panView, setStage, zoomView } from '../../app/commands/view-commands.ts';
import { useApp } from '../context.ts';

/** Pixels of a wheel that make the picture e times as large. */
const WHEEL_PX = 240;
const MIDDLE_BUTTON = 1;

/**
 * Looking closer by hand: the wheel with Ctrl, or two fingers that part, zooms at the pointer; the wheel alone, or the
 * middle button, moves a picture that is larger than its room.
 */
export function useLookCloser(stage: RefObject<HTMLDivElement | null>) {
  const app = useApp();
  const held = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => {
    const element = stage.current;
    if (element === null) {
      return undefined;
    }
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box !== undefined) {
        setStage(app, box.width, box.height);
      }
    });
    observer.observe(element);
    const onWheel = (event: WheelEvent): void => {
      const isCloser = app.session.getState().view.zoom > 1;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const box = element.getBoundingClientRect();
        const at = {
          x: event.clientX - box.left - box.width / 2,
          y: event.clientY - box.top - box.height / 2,
        };
        zoomView(app, Math.exp(-event.deltaY / WHEEL_PX), at);
      } else if (isCloser) {
        event.preventDefault();
        const [x, y] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
        panView(app, -x, -y);
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', onWheel);
    };
  }, [app, stage]);
  const release = (): void => {
    held.current = null;
  };
  return {
    // Before what is drawn on: a mask tool paints with the first button alone.
    onPointerDownCapture: (event: PointerEvent): void => {
      if (event.button === MIDDLE_BUTTON && app.session.getState().view.zoom > 1) {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { x: event.clientX, y: event.clientY };
      }
    },
    onPointerMoveCapture: (event: PointerEvent): void => {
      const last = held.current;
      if (last !== null) {
        event.stopPropagation();
        panView(app, event.clientX - last.x, event.clientY - last.y);
        held.current = { x: event.clientX, y: event.clientY };
      }
    },
    onPointerUpCapture: release,
    onPointerCancelCapture: release,
  };
}
