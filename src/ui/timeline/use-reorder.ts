import { useState } from 'react';
import { dropPlace } from '../../app/bar-geometry.ts';
import { moveInStack } from '../../app/commands/stack-commands.ts';
import { useApp } from '../context.ts';
import { usePressDrag } from './use-press-drag.ts';

const LANES = '[data-edit-lane]';

/** Dragging a lane's name up or down; where it is let go is its new place in the order of edits. */
export function useReorder(editId: string) {
  const app = useApp();
  const [isDragged, setIsDragged] = useState(false);
  const listeners = usePressDrag<readonly Element[]>({
    grab: (event) => {
      const isButton =
        event.target instanceof Element && event.target.closest('button:not(.lane__grip)') !== null;
      const lanes = event.currentTarget.closest('.timeline')?.querySelectorAll(LANES) ?? [];
      return isButton ? null : [...lanes];
    },
    move: (lanes, _, event) => {
      setIsDragged(true);
      mark(lanes, laneAt(lanes, editId, event.clientY), editId);
    },
    drop: (lanes, _, event) => {
      setIsDragged(false);
      clearMarks(lanes);
      const others = app.project.current?.edits.filter(({ id }) => id !== editId) ?? [];
      const before = laneAt(lanes, editId, event.clientY)?.getAttribute('data-edit-lane');
      const place = others.findIndex(({ id }) => id === before);
      moveInStack(app, editId, place === -1 ? others.length : place);
    },
    click: () => {
      app.session.setState({ selectedEdit: editId });
    },
    cancel: (lanes) => {
      setIsDragged(false);
      clearMarks(lanes);
    },
  });
  return { isDragged, listeners };
}

/** The lane that the dragged one would come before; undefined behind the last. */
function laneAt(lanes: readonly Element[], editId: string, y: number): Element | undefined {
  const others = lanes.filter((lane) => !isLane(lane, editId));
  const middles = others.map((lane) => {
    const { top, height } = lane.getBoundingClientRect();
    return top + height / 2;
  });
  return others[dropPlace([...middles, Infinity], y)];
}

function isLane(lane: Element, editId: string): boolean {
  return lane.getAttribute('data-edit-lane') === editId;
}

/** A line where the lane would go. */
function mark(lanes: readonly Element[], before: Element | undefined, editId: string): void {
  clearMarks(lanes);
  const last = lanes.findLast((lane) => !isLane(lane, editId));
  (before ?? last)?.setAttribute('data-drop', before === undefined ? 'after' : 'before');
}

function clearMarks(lanes: readonly Element[]): void {
  lanes.forEach((lane) => {
    lane.removeAttribute('data-drop');
  });
}
