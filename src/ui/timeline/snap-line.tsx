import { toX, type TimelineScale } from '../../app/timeline-scale.ts';
import { useSession } from '../context.ts';

/** Through all lanes, where what is dragged has met something. */
export function SnapLine({ scale }: { readonly scale: TimelineScale }) {
  const time = useSession((state) => state.snapLine);
  return time === null ? null : (
    <div className="snap-line" style={{ '--x': `${toX(scale, time)}px` }} aria-hidden="true" />
  );
}
