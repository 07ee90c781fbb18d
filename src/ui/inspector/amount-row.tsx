import { ChevronLeft, ChevronRight, Diamond, DiamondPlus } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import {
  clearAmount,
  easeAmountKey,
  setAmount,
  toggleAmountKey,
} from '../../app/commands/amount-commands.ts';
import { percent } from '../../app/percent.ts';
import { seekFrame } from '../../app/commands/transport-commands.ts';
import type { OpenClip, SessionState } from '../../app/state/session-store.ts';
import type { Microseconds } from '../../base/units.ts';
import { clampAmount, keyframeAt } from '../../project/amount.ts';
import type { Easing, Edit } from '../../project/document.ts';
import { evaluateAmount } from '../../project/evaluate.ts';
import { frameAt } from '../../project/frames.ts';
import { useApp, useSession } from '../context.ts';
import { IconButton } from '../widgets/icon-button.tsx';
import { SelectRow, type Option } from '../widgets/select-row.tsx';
import { SliderRow } from '../widgets/slider-row.tsx';

const EASINGS: readonly Option<Easing>[] = [
  { id: 'linear', name: 'Even', about: 'To the next keyframe at an even pace.' },
  { id: 'ease', name: 'Soft', about: 'Slow at both ends.' },
  { id: 'hold', name: 'Hold', about: 'Stays until the next keyframe, then jumps.' },
];

type AmountRowProps = { readonly clip: OpenClip; readonly edit: Edit };

/** Where the playhead is in the edit's clip; while another one is under it, the edit's begin. */
function timeOf(state: SessionState, { clip, edit }: AmountRowProps): Microseconds {
  return state.clip?.id === clip.id ? (clip.times[state.frame] ?? 0) : edit.span.from;
}

/**
 * How much of the edit is seen, at the playhead where it has keyframes. Never needs a new run. Draws anew where the amount is
 * another one, not with every frame.
 */
export function AmountRow({ clip, edit }: AmountRowProps) {
  const app = useApp();
  const now = () => timeOf(app.session.getState(), { clip, edit });
  const value = useSession((state) =>
    clampAmount(evaluateAmount(edit.amount, timeOf(state, { clip, edit }))),
  );
  const isKeyed = edit.amount.length > 1;
  return (
    <>
      <SliderRow
        label="Amount"
        min={0}
        max={1}
        step={0.01}
        value={value}
        standard={1}
        hint={
          isKeyed
            ? 'How much of it is seen at the playhead.'
            : 'How much of it is seen. Needs no new run.'
        }
        {...percent()}
        onCommit={(next) => {
          setAmount(app, edit, now(), next);
        }}
        onDrag={(dragged) => {
          if (dragged === null) {
            app.project.commit();
          } else {
            app.project.begin('Change amount');
            setAmount(app, edit, now(), dragged);
          }
        }}
      />
      <KeyframeBar clip={clip} edit={edit} value={value} />
    </>
  );
}

function keyLabel(isKeyed: boolean, isHere: boolean): string {
  if (isHere) {
    return isKeyed ? 'Remove this keyframe' : 'Move the playhead to add another keyframe';
  }
  return 'Add a keyframe here';
}

function KeyframeBar({ clip, edit, value }: AmountRowProps & { readonly value: number }) {
  const app = useApp();
  const { amount } = edit;
  const isKeyed = amount.length > 1;
  const { here, before, after, held } = useSession(
    useShallow((state) => {
      const time = timeOf(state, { clip, edit });
      return {
        here: keyframeAt(amount, time),
        before: amount.findLast((keyframe) => keyframe.time < time),
        after: amount.find((keyframe) => keyframe.time > time),
        held: amount.findLastIndex((keyframe) => keyframe.time <= time),
      };
    }),
  );
  const goTo = (keyframe: { readonly time: number } | undefined): void => {
    if (keyframe !== undefined) {
      seekFrame(app, frameAt(clip.times, keyframe.time));
    }
  };
  return (
    <>
      <div className="keyframes" role="group" aria-label="Keyframes of the amount">
        <IconButton
          icon={ChevronLeft}
          label="Keyframe before"
          small
          isDisabled={!isKeyed || before === undefined}
          onPress={() => {
            goTo(before);
          }}
        />
        <IconButton
          icon={isKeyed && here >= 0 ? Diamond : DiamondPlus}
          label={keyLabel(isKeyed, here >= 0)}
          keys="Alt+A"
          small
          isDisabled={!isKeyed && here >= 0}
          onPress={() => {
            toggleAmountKey(app, edit, timeOf(app.session.getState(), { clip, edit }));
          }}
        />
        <IconButton
          icon={ChevronRight}
          label="Keyframe after"
          small
          isDisabled={!isKeyed || after === undefined}
          onPress={() => {
            goTo(after);
          }}
        />
        <span className="keyframes__count">
          {isKeyed ? `${amount.length} keyframes` : 'the same all along'}
        </span>
        {isKeyed ? (
          <button
            type="button"
            className="link"
            onClick={() => {
              clearAmount(app, edit, value);
            }}
          >
            Clear
          </button>
        ) : null}
      </div>
      {isKeyed && held >= 0 && held < amount.length - 1 ? (
        <SelectRow
          label="Then"
          options={EASINGS}
          value={amount[held]?.easing ?? 'linear'}
          standard="linear"
          onCommit={(easing) => {
            easeAmountKey(app, edit, held, easing);
          }}
        />
      ) : null}
    </>
  );
}
