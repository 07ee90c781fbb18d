import { useEffect, type RefObject } from 'react';
import { useApp } from '../context.ts';

/** Scrolls up or down to the lane of an edit that was made or chosen elsewhere: its progress is what one wants to see. */
export function useSelectedInView(scroller: RefObject<HTMLDivElement | null>): void {
  const app = useApp();
  useEffect(
    () =>
      app.session.subscribe(({ selectedEdit }, before) => {
        if (selectedEdit !== null && selectedEdit !== before.selectedEdit) {
          // A new edit's lane is there by the next frame.
          requestAnimationFrame(() => {
            showLane(scroller.current, selectedEdit);
          });
        }
      }),
    [app, scroller],
  );
}

function showLane(scroller: HTMLDivElement | null, editId: string): void {
  // What is pressed stays under the pointer.
  if (scroller === null || scroller.matches(':active')) {
    return;
  }
  const lane = scroller.querySelector(`[data-lane="${CSS.escape(editId)}"]`);
  const ruler = scroller.querySelector('.lane--ruler');
  if (lane === null || ruler === null) {
    return;
  }
  const { top, bottom } = lane.getBoundingClientRect();
  const above = ruler.getBoundingClientRect().bottom - top;
  const below = bottom - scroller.getBoundingClientRect().top - scroller.clientHeight;
  if (above > 0) {
    scroller.scrollBy({ top: -above });
  } else if (below > 0) {
    // Of a lane higher than the window its begin.
    scroller.scrollBy({ top: Math.min(below, -above) });
  }
}
