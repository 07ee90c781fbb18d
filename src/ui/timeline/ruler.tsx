import type { KeyboardEvent, PointerEvent } from 'react';
import { frameAt } from '../../project/frames.ts';
import { pause, seekFrame, step } from '../../app/commands/transport-commands.ts';
import { rulerLabel, timecode } from '../../app/time.ts';
import { ticksBetween, toTime, toX } from '../../app/timeline-scale.ts';
import { useApp, useSession } from '../context.ts';
import type { LaneWindow } from './timeline.tsx';

const LABEL_PX = 84;
/** A label this near the clip's end would be cut. */
const LAST_LABEL_PX = 24;

/** Times; a press or drag moves the playhead. */
export function Ruler({ lane }: { lane: LaneWindow }) {
  const app = useApp();
  const { clip, scale, from, to } = lane;
  const frame = useSession((state) => state.frame);
  const { step: tickStep, ticks } = ticksBetween(scale, LABEL_PX, from, to);
  const seek = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    seekFrame(app, frameAt(clip.times, toTime(scale, event.clientX - box.left)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      step(app, event.shiftKey ? by * 10 : by);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      seekFrame(app, event.key === 'Home' ? 0 : Infinity);
    }
  };
  return (
    <div className="lane lane--ruler">
      <div className="lane__label" />
      <div className="lane__body">
        <div
          className="ruler"
          role="slider"
          tabIndex={0}
          aria-label="Playhead"
          aria-valuemin={0}
          aria-valuemax={clip.times.length - 1}
          aria-valuenow={frame}
          aria-valuetext={`${timecode(clip.times[frame] ?? 0, clip.info.frameRate)}, frame ${frame}`}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            pause(app);
            seek(event);
          }}
          onPointerMove={(event) => {
            if (event.currentTarget.hasPointerCapture(event.pointerId)) {
              seek(event);
            }
          }}
          onKeyDown={onKeyDown}
        >
          {ticks.map((tick) => (
            <span
              key={tick.time}
              aria-hidden="true"
              className={tick.labelled ? 'tick tick--labelled' : 'tick'}
              style={{ left: `${tick.x}px` }}
            >
              {tick.labelled && tick.x < scale.width - LAST_LABEL_PX
                ? rulerLabel(tick.time, tickStep)
                : ''}
            </span>
          ))}
          <span
            className="ruler__head"
            style={{ left: `${toX(scale, clip.times[frame] ?? 0)}px` }}
          />
        </div>
      </div>
    </div>
  );
}
