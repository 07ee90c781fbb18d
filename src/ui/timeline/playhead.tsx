import { useEffect, type RefObject } from 'react';
import { toX, type TimelineScale } from '../../app/timeline-scale.ts';
import { useSession } from '../context.ts';

type PlayheadProps = {
  readonly scale: TimelineScale;
  readonly scroller: RefObject<HTMLDivElement | null>;
};

/** The line through all lanes. While playing the window follows it by whole pages; steps and jumps bring it into view. */
export function Playhead({ scale, scroller }: PlayheadProps) {
  const time = useSession((state) => state.time);
  const x = toX(scale, time);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const labels = element.querySelector('.lane__label')?.clientWidth ?? 0;
    const width = element.clientWidth - labels;
    if (x < element.scrollLeft || x > element.scrollLeft + width - 24) {
      element.scrollTo({ left: Math.max(0, x - 24) });
    }
    // Zooming keeps its own anchor: only a playhead that moved is followed.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [time, scroller]);
  return <div className="playhead" style={{ '--x': `${x}px` }} aria-hidden="true" />;
}
