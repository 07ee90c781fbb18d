import { memo, type KeyboardEvent, type PointerEvent } from 'react';
import { pause, seekIndex, seekTime, step } from '../../app/commands/transport-commands.ts';
import { rulerLabel, timecode } from '../../app/time.ts';
import { ticksBetween, toTime, toX, type TimelineScale } from '../../app/timeline-scale.ts';
import { frameOfTime, type SequenceFrames } from '../../project/sequence-frames.ts';
import { useApp, useSession } from '../context.ts';
import type { LaneWindow } from './lane-window.ts';
import { TimelineTools } from './timeline-tools.tsx';

const LABEL_PX = 84;
/** A label this near the end would be cut. */
const LAST_LABEL_PX = 24;

type RulerProps = { readonly lane: LaneWindow; readonly frames: SequenceFrames };

/** Times; a press or drag moves the playhead. */
export const Ruler = memo(function Ruler({ lane, frames }: RulerProps) {
  const app = useApp();
  const { scale } = lane;
  const seek = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    seekTime(app, toTime(scale, event.clientX - box.left));
  };
  return (
    <div className="lane lane--ruler">
      <div className="lane__label lane__label--tools">
        <TimelineTools />
      </div>
      <div className="lane__body">
        <div
          className="ruler"
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
        >
          <Ticks lane={lane} />
          <Head scale={scale} frames={frames} rate={lane.clip.info.frameRate} />
        </div>
      </div>
    </div>
  );
});

function Ticks({ lane: { scale, from, to } }: { lane: LaneWindow }) {
  const { step: tickStep, ticks } = ticksBetween(scale, LABEL_PX, from, to);
  return ticks.map((tick) => (
    <span
      key={tick.time}
      aria-hidden="true"
      className={tick.labelled ? 'tick tick--labelled' : 'tick'}
      style={{ left: `${tick.x}px` }}
    >
      {tick.labelled && tick.x < scale.width - LAST_LABEL_PX ? rulerLabel(tick.time, tickStep) : ''}
    </span>
  ));
}

type HeadProps = {
  readonly scale: TimelineScale;
  readonly frames: SequenceFrames;
  readonly rate: number;
};

/** What is focused and moved by keys: alone in what is drawn while playing. */
function Head({ scale, frames, rate }: HeadProps) {
  const app = useApp();
  const time = useSession((state) => state.time);
  const index = frameOfTime(frames, time)?.index ?? 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (by !== undefined) {
      event.preventDefault();
      step(app, event.shiftKey ? by * 10 : by);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      seekIndex(app, event.key === 'Home' ? 0 : frames.count - 1);
    }
  };
  return (
    <span
      className="ruler__slider"
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, frames.count - 1)}
      aria-valuenow={index}
      aria-valuetext={`${timecode(time, rate)}, frame ${index}`}
      onKeyDown={onKeyDown}
    >
      <span className="ruler__head" style={{ left: `${toX(scale, time)}px` }} />
    </span>
  );
}
