import { useMemo, useRef } from 'react';
import { shownSequence } from '../../app/sequence.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { useProject, useSession } from '../context.ts';
import { ClipLane } from './clip-lane.tsx';
import { EditLane } from './edit-lane.tsx';
import type { LaneWindow } from './lane-window.ts';
import { LazyLane } from './lazy-lane.tsx';
import { MaskLanes } from './mask-lanes.tsx';
import { Playhead } from './playhead.tsx';
import { Ruler } from './ruler.tsx';
import { SnapLine } from './snap-line.tsx';
import { SoundLane } from './sound-lane.tsx';
import { useSelectedInView } from './use-selected-in-view.ts';
import { MARGIN, useTimelineView } from './use-timeline-view.ts';
import './timeline.css';
import './cut.css';

/** Of an edit without masks. */
const EDIT_LANE_PX = 54;

/** The sequence: time runs to the right, one lane per thing. `clip` is the one under the playhead. */
export function Timeline({ clip }: { clip: OpenClip }) {
  const project = useProject();
  const clips = useSession((state) => state.clips);
  const frames = shownSequence(project, clips);
  const edits = project?.edits ?? [];
  const scroller = useRef<HTMLDivElement>(null);
  const { width, from, to, onScroll } = useTimelineView(frames, scroller);
  useSelectedInView(scroller);
  const { duration } = frames.sequence;
  const scale = useMemo(() => ({ duration, width }), [duration, width]);
  const lane = useMemo((): LaneWindow => ({ clip, scale, from, to }), [clip, scale, from, to]);
  return (
    <section className="timeline" aria-label="Timeline">
      <div ref={scroller} className="timeline__scroller" onScroll={onScroll}>
        <div
          className="timeline__content"
          style={{ '--lane-width': `${width + 2 * MARGIN}px`, '--margin': `${MARGIN}px` }}
        >
          <Ruler lane={lane} frames={frames} />
          <ClipLane lane={lane} />
          <SoundLane lane={lane} />
          {edits.map((edit, index) => (
            <LazyLane key={edit.id} name={edit.id} scroller={scroller} height={EDIT_LANE_PX}>
              <EditLane lane={lane} edit={edit} colour={index % 6} />
              <MaskLanes lane={lane} edit={edit} />
            </LazyLane>
          ))}
          <SnapLine scale={scale} />
          <Playhead scale={scale} scroller={scroller} />
        </div>
      </div>
    </section>
  );
}
