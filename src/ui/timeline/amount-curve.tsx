import type { KeyboardEvent } from 'react';
import { amountPath, amountToY } from '../../app/bar-geometry.ts';
import type { BarPart } from '../../app/bar-parts.ts';
import {
  easeAmountKey,
  moveAmountKey,
  removeAmountKey,
} from '../../app/commands/amount-commands.ts';
import { nudgedTime, tenths } from '../../app/time.ts';
import { toX } from '../../app/timeline-scale.ts';
import type { Easing, Edit, Keyframe } from '../../project/document.ts';
import { useApp, useSession } from '../context.ts';

const HEIGHT = 44;
const NEXT_EASING: Record<Easing, Easing> = { linear: 'ease', ease: 'hold', hold: 'linear' };
const EASING_WORDS: Record<Easing, string> = {
  linear: 'even',
  ease: 'soft',
  hold: 'hold',
};

type AmountCurveProps = {
  readonly edit: Edit;
  readonly part: BarPart;
  readonly isSelected: boolean;
};

/** The amount over time. On the selected edit the line can be dragged and its keyframes moved, by keys too. */
export function AmountCurve({ edit, part, isSelected }: AmountCurveProps) {
  const { lane, span, width } = part;
  const begin = toX(lane.scale, span.from);
  const x = (time: number): number => toX(lane.scale, time) - begin;
  const path = amountPath(edit.amount, span, x, HEIGHT);
  // One value that hides nothing says nothing.
  if (!isSelected && edit.amount.length === 1 && edit.amount[0]?.value === 1) {
    return null;
  }
  return (
    <>
      <svg className="amount" width={width} height={HEIGHT} aria-hidden="true">
        <path className="amount__area" d={`${path} V ${HEIGHT} H 0 Z`} />
        <path className="amount__line" d={path} />
        {isSelected ? <path className="amount__grip" d={path} data-part="line" /> : null}
      </svg>
      {isSelected && edit.amount.length > 1
        ? edit.amount.map((keyframe, index) =>
            keyframe.time >= span.from && keyframe.time <= span.to ? (
              <KeyframeHandle
                // oxlint-disable-next-line react/no-array-index-key -- while one is dragged its time changes, not its place
                key={index}
                edit={edit}
                keyframe={keyframe}
                index={index}
                left={x(keyframe.time)}
              />
            ) : null,
          )
        : null}
    </>
  );
}

type KeyframeHandleProps = {
  readonly edit: Edit;
  readonly keyframe: Keyframe;
  readonly index: number;
  readonly left: number;
};

function KeyframeHandle({ edit, keyframe, index, left }: KeyframeHandleProps) {
  const app = useApp();
  const clips = useSession((state) => state.clips);
  const clip = clips.find(({ id }) => id === edit.clipId);
  const { easing = 'linear', time, value } = keyframe;
  const onKeyDown = (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 10 : 1;
    const frames = { ArrowLeft: -far, ArrowRight: far }[event.key];
    const raise = { ArrowUp: 0.01 * far, ArrowDown: -0.01 * far }[event.key];
    if (frames !== undefined && clip !== undefined) {
      const to = nudgedTime(clip.times, time, frames);
      // Never onto another one: a key that is held would swallow them all.
      if (edit.amount.every((other) => other === keyframe || other.time !== to)) {
        moveAmountKey(app, edit, index, { time: to, value });
      }
    } else if (raise !== undefined) {
      moveAmountKey(app, edit, index, { time, value: value + raise });
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      removeAmountKey(app, edit, index);
    } else if (event.key === 'Enter') {
      easeAmountKey(app, edit, index, NEXT_EASING[easing]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const text = `${Math.round(value * 100)} %, then ${EASING_WORDS[easing]}`;
  return (
    <span
      className="keyframe"
      data-part="key"
      data-index={index}
      role="slider"
      tabIndex={0}
      aria-label={`Amount at ${tenths(time)} s`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
      aria-valuetext={text}
      title={`${text}. Drag or arrow keys; Enter changes the way on, Delete removes`}
      style={{ left: `${left}px`, top: `${amountToY(value, HEIGHT)}px` }}
      onKeyDown={onKeyDown}
    />
  );
}
